/** The inspector's foot: migrate or import to…, and export. The same items as in every menu; the rest behind the dots. */
import { useState } from "react";
import { Button, Menu, MenuButton, type MenuItem, type Point } from "../../parts";
import { useWords } from "../../strings";

export function SendButtons({ items, more = [] }: { items: MenuItem[]; more?: MenuItem[] }) {
  const words = useWords();
  const [send, ...rest] = items;
  const [at, setAt] = useState<Point | null>(null);
  if (!send) return null;
  return (
    <div className="inspector-foot">
      <Button
        look="primary"
        disabled={send.disabled}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setAt({ x: box.left, y: box.top - 8 - Math.min(send.items?.length ?? 0, 12) * 28 });
        }}
      >
        {send.label}
      </Button>
      {rest.map((item) => (
        <Button
          key={item.label}
          icon={item.icon}
          disabled={item.disabled}
          aria-label={item.label}
          title={item.label}
          onClick={item.run}
          className="icon-only"
        />
      ))}
      {more.length > 0 && <MenuButton icon="dots" label={words.official.menu.more} items={more} />}
      {at && send.items && <Menu label={send.label} items={send.items} at={at} onClose={() => setAt(null)} />}
    </div>
  );
}
