/** The time, once a second, for as long as somebody looks at something that moves. */
import { useEffect, useState } from "react";

export function useNow(moving: boolean): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, [moving]);
  return now;
}
