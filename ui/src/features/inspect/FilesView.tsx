/** The files of a package by size: a picture to see the large ones, and a table that says the same in words. */
import { useMemo, useState } from "react";
import type { PackageComponent, PlanSource } from "../../ipc/generated/contract";
import { Cut, cx, useAnswer, Waiting } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";
import { bytes } from "../../strings/format";
import { type FileSort, type PackageFile, packageFiles } from "./files";
import { squarified } from "./treemap";

const SORTS: FileSort[] = ["image", "data", "metadata", "other"];

export function FilesView({ source, components }: { source: PlanSource; components: PackageComponent[] }) {
  const words = useWords();
  const act = useAct();
  const { answer, problem } = useAnswer(JSON.stringify(source), () => act.rpc("list_members", source));
  const files = useMemo(() => packageFiles(answer ?? [], components), [answer, components]);
  if (!answer) return <Waiting busy={words.look.listing} failed={words.look.notListed} problem={problem} />;
  return <FileList files={files} />;
}

export function FileList({ files }: { files: PackageFile[] }) {
  const words = useWords();
  const say = words.look;
  const [pointed, setPointed] = useState<string | null>(null);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const share = ({ size }: PackageFile) => {
    const percent = total > 0 ? (size / total) * 100 : 0;
    return size > 0 && percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
  };
  if (files.length === 0) return <p className="pad t2">{say.noFiles}</p>;
  return (
    <div className="pad stack" data-files={files.length}>
      <Treemap files={files} pointed={pointed} onPoint={setPointed} />
      <ul className="treemap-legend">
        {SORTS.filter((sort) => files.some((file) => file.sort === sort)).map((sort) => (
          <li key={sort}>
            <i className={`treemap-key ${sort}`} />
            {say.sort[sort]}
            <span className="num t2">{bytes(files.reduce((sum, file) => sum + (file.sort === sort ? file.size : 0), 0))}</span>
          </li>
        ))}
      </ul>
      <table className="table files">
        <caption className="hidden">{say.filesOf(files.length, bytes(total))}</caption>
        <thead>
          <tr>
            <th scope="col">{say.file}</th>
            <th scope="col">{say.what}</th>
            <th scope="col">{words.official.aspect.component}</th>
            <th scope="col" className="right">
              {words.inspect.size}
            </th>
            <th scope="col" className="right">
              {say.packed}
            </th>
            <th scope="col" className="right">
              {say.share}
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr
              key={file.name}
              className={cx(pointed === file.name && "on")}
              onPointerEnter={() => setPointed(file.name)}
              onPointerLeave={() => setPointed(null)}
            >
              <th scope="row" className="mono">
                <span className="cut" title={file.name}>
                  {file.short}
                </span>
              </th>
              <td>
                <i className={`treemap-key ${file.sort}`} />
                {say.sort[file.sort]}
              </td>
              <td>
                <Cut>{file.component || "—"}</Cut>
              </td>
              <td className="num right">{bytes(file.size)}</td>
              <td className="num right">{bytes(file.packed)}</td>
              <td className="num right">{share(file)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const WIDE = 100;
const HIGH = 30;

interface TreemapProps {
  files: PackageFile[];
  pointed: string | null;
  onPoint: (name: string | null) => void;
}

/** A picture for the eyes: the table says all of it. */
function Treemap({ files, pointed, onPoint }: TreemapProps) {
  const words = useWords();
  const shown = files.filter((file) => file.size > 0);
  const boxes = squarified(
    shown.map((file) => file.size),
    { x: 0, y: 0, width: WIDE, height: HIGH },
  );
  return (
    <div className="treemap" role="img" aria-label={words.look.picture}>
      {shown.map((file, index) => {
        const box = boxes[index];
        if (!box) return null;
        const isRoomy = box.width > 9 && box.height > 6;
        return (
          <span
            key={file.name}
            className={cx("treemap-box", file.sort, pointed === file.name && "on")}
            style={{
              left: `${box.x}%`,
              top: `${(box.y / HIGH) * 100}%`,
              width: `${box.width}%`,
              height: `${(box.height / HIGH) * 100}%`,
            }}
            title={`${file.component ? `${file.component} · ` : ""}${file.short} · ${bytes(file.size)}`}
            onPointerEnter={() => onPoint(file.name)}
            onPointerLeave={() => onPoint(null)}
          >
            {isRoomy && (
              <>
                <b className="cut">{file.component || file.short}</b>
                <span className="cut num">{bytes(file.size)}</span>
              </>
            )}
          </span>
        );
      })}
    </div>
  );
}
