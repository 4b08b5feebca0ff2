/** The inspector's foot: migrate or import to…, and export. The same items as in every menu. */
import { useState } from "react";
import { Button, Menu, type MenuItem, type Point } from "../../parts";

export function SendButtons({ items }: { items: MenuItem[] }) {
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
      {at && send.items && <Menu label={send.label} items={send.items} at={at} onClose={() => setAt(null)} />}
    </div>
  );
}
