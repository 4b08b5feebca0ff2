/** The mark: a drop cut by a sheer line, two sails above, a hull below. */
export function Mark() {
  return (
    <svg className="mark" viewBox="2 2 20.5 20.5" aria-hidden="true">
      <MarkShapes />
    </svg>
  );
}

export function MarkShapes() {
  return (
    <>
      <path className="jib" d="M11.25 2.9C8.7 6.1 5.35 10 4.9 13.05c1.9.75 4.05 1.2 6.35 1.3Z" />
      <path className="sail" d="M12.75 2.9c2.55 3.2 5.9 7.1 6.35 10.15-1.9.75-4.05 1.2-6.35 1.3Z" />
      <path
        className="hull"
        d="M4.78 14.65C6.95 15.5 9.4 15.95 12 15.95s5.05-.45 7.22-1.3A7.25 7.25 0 0 1 12 22.25a7.25 7.25 0 0 1-7.22-7.6Z"
      />
    </>
  );
}
