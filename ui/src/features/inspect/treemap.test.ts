/** The picture of sizes is true, and files are told apart. */
import { expect, test } from "vitest";
import { packageFiles } from "./files";
import { squarified } from "./treemap";

const WHOLE = { x: 0, y: 0, width: 100, height: 30 };

test("areas are true to the sizes, nothing overlaps, nothing sticks out", () => {
  const sizes = [600, 400, 180, 90, 30, 10, 2, 1];
  const boxes = squarified(sizes, WHOLE);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(boxes).toHaveLength(sizes.length);
  for (const [index, box] of boxes.entries()) {
    expect((box.width * box.height) / 3000).toBeCloseTo((sizes[index] ?? 0) / total, 6);
    expect(box.x + box.width).toBeLessThanOrEqual(100.0001);
    expect(box.y + box.height).toBeLessThanOrEqual(30.0001);
    for (const other of boxes.slice(index + 1)) {
      const apart =
        box.x + box.width <= other.x + 1e-6 ||
        other.x + other.width <= box.x + 1e-6 ||
        box.y + box.height <= other.y + 1e-6 ||
        other.y + other.height <= box.y + 1e-6;
      expect(apart).toBe(true);
    }
  }
});

test("one file is the whole picture; none is none", () => {
  expect(squarified([7], WHOLE)).toEqual([WHOLE]);
  expect(squarified([], WHOLE)).toEqual([]);
});

test("files are named after what they are and whose they are, the largest first", () => {
  const of = (name: string, size_bytes: number) => ({ name, size_bytes, compressed_bytes: size_bytes });
  const component = {
    id: "a1",
    name: "订单服务",
    kind: "",
    image: "",
    has_image: true,
    memory_mb: 1,
    variable_count: 0,
    config_file_count: 0,
    variables: [],
    config_files: [],
    ports: [],
    volumes: [],
  };
  const files = packageFiles(
    [
      of("g/", 0),
      of("g/region_apps_metadata.json", 5),
      of("g/app_a1/image_1.tar", 90),
      of("g/data_a1/db.zip", 200),
      of("g/x", 1),
    ],
    [component],
  );
  expect(files.map((file) => [file.sort, file.component, file.short])).toEqual([
    ["data", "订单服务", "db.zip"],
    ["image", "订单服务", "image_1.tar"],
    ["metadata", "", "region_apps_metadata.json"],
    ["other", "", "x"],
  ]);
});
