/** Name, environment, lock and menu of a column; below them its team and filter. */
import type { ReactNode } from "react";
import type { Environment } from "../../ipc/generated/contract";
import { Cut, EnvTag, Icon, MenuButton, type MenuItem } from "../../parts";
import { useWords } from "../../strings";

export interface ColumnHeadProps {
  name: string;
  environment: Environment;
  readOnly: boolean;
  items: MenuItem[];
  children?: ReactNode;
}

export function ColumnHead({ name, environment, readOnly, items, children }: ColumnHeadProps) {
  const words = useWords();
  return (
    <>
      <div className="band" />
      <header className="column-head">
        <div className="row-one">
          <h2 className="cut">
            <Cut>{name}</Cut>
          </h2>
          <EnvTag environment={environment} />
          {readOnly && (
            <span className="tag read-only" title={words.common.readOnly}>
              <Icon name="lock" />
              <span className="wide-word">{words.common.readOnly}</span>
            </span>
          )}
          <span className="grow" />
          <MenuButton icon="dots" size="small" label={`${words.column.menu}${words.colon}${name}`} items={items} />
        </div>
        {children && <div className="row-two">{children}</div>}
      </header>
    </>
  );
}
