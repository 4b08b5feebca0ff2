/** Lays sizes out as a treemap: boxes as near to squares as they come, areas true to the sizes. Pure. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One box for each size, in their order; sizes must be above zero and fall. */
export function squarified(sizes: number[], { x, y, width, height }: Box): Box[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const scale = total > 0 ? (width * height) / total : 0;
  const boxes: Box[] = [];
  let free: Box = { x, y, width, height };
  let row: number[] = [];
  for (const size of sizes) {
    const area = size * scale;
    const side = Math.min(free.width, free.height);
    if (row.length > 0 && worst([...row, area], side) > worst(row, side)) {
      free = place(row, free, boxes);
      row = [];
    }
    row.push(area);
  }
  if (row.length > 0) place(row, free, boxes);
  return boxes;
}

/** How far the flattest box of a row is from a square. */
function worst(areas: number[], side: number): number {
  const sum = areas.reduce((total, area) => total + area, 0);
  if (sum === 0 || side === 0) return Number.POSITIVE_INFINITY;
  return Math.max(...areas.map((area) => Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area))));
}

/** Fills the shorter side; what is left over is free for the rest. */
function place(areas: number[], free: Box, boxes: Box[]): Box {
  const sum = areas.reduce((total, area) => total + area, 0);
  const isTall = free.width >= free.height;
  const side = isTall ? free.height : free.width;
  const depth = side > 0 ? sum / side : 0;
  let at = isTall ? free.y : free.x;
  for (const area of areas) {
    const length = depth > 0 ? area / depth : 0;
    boxes.push(isTall ? { x: free.x, y: at, width: depth, height: length } : { x: at, y: free.y, width: length, height: depth });
    at += length;
  }
  return isTall
    ? { ...free, x: free.x + depth, width: Math.max(0, free.width - depth) }
    : { ...free, y: free.y + depth, height: Math.max(0, free.height - depth) };
}
