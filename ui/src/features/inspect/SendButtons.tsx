/** The inspector's foot: migrate or import to…, and export. The same items as in every menu; the rest behind the dots. */
import { Button, ListButton, MenuButton, type MenuItem } from "../../parts";
import { useWords } from "../../strings";

export function SendButtons({ items, more = [] }: { items: MenuItem[]; more?: MenuItem[] }) {
  const words = useWords();
  const [send, ...rest] = items;
  if (!send) return null;
  return (
    <div className="inspector-foot">
      <ListButton look="primary" disabled={send.disabled} items={send.items ?? []}>
        {send.label}
      </ListButton>
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
    </div>
  );
}
