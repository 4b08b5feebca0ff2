/** A sheet over the window: the page behind is inert, Esc closes, focus returns to where it was. */
import { type ReactNode, useEffect, useId, useRef } from "react";
import { createPortal } from "react-dom";
import type { Environment } from "../ipc/generated/contract";
import { useWords } from "../strings";
import { cx, ENV_CLASS, IconButton } from "./basics";
import { Icon, type IconName } from "./Icon";
import { useModal } from "./useModal";

export interface SheetProps {
  icon: IconName;
  iconTone?: string;
  title: ReactNode;
  hint?: ReactNode;
  environment?: Environment | null;
  width?: number;
  onClose: () => void;
  children: ReactNode;
  /** Between body and foot: stays in view. */
  bar?: ReactNode;
  foot?: ReactNode;
}

export function Sheet(props: SheetProps) {
  const words = useWords();
  const title = useId();
  const box = useRef<HTMLElement>(null);

  useModal(box);

  // A button that switches itself off lets the focus fall out of the sheet: Esc closes it all the same.
  const { onClose } = props;
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      const isOnTop = box.current?.closest("[inert]") === null;
      if (event.key === "Escape" && document.activeElement === document.body && isOnTop) onClose();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [onClose]);

  return createPortal(
    <div className="veil">
      <section
        ref={box}
        className={cx("sheet raised", props.environment && ENV_CLASS[props.environment])}
        style={{ width: props.width ?? 944 }}
        role="dialog"
        aria-modal="true"
        aria-labelledby={title}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === "Escape") props.onClose();
        }}
      >
        {props.environment && <div className="band" />}
        <div className="sheet-head">
          <Icon name={props.icon} size="big" tone={props.iconTone} />
          <div className="grow">
            <h1 id={title}>{props.title}</h1>
            {props.hint && <p>{props.hint}</p>}
          </div>
          <IconButton icon="close" label={words.common.close} onClick={props.onClose} />
        </div>
        <div className="body">{props.children}</div>
        {props.bar}
        {props.foot && <div className="sheet-foot">{props.foot}</div>}
      </section>
    </div>,
    document.body,
  );
}
