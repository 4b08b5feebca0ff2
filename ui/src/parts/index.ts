/** The parts that screens are made of. Knows no feature. */
export * from "./basics";
export { ConfirmField } from "./ConfirmField";
export { DataSign } from "./DataSign";
export { Differences } from "./Differences";
export * from "./fields";
export { Icon, type IconName } from "./Icon";
export { Mark, MarkShapes } from "./Mark";
export { ListButton, Menu, MenuButton, type MenuItem, type Point } from "./Menu";
export { PlaceLabel, placeName, shortPlaceName } from "./PlaceLabel";
export { CopyButton, ProblemDetails, ProblemFacts, ProblemNote, problemDetails, useProblemWords } from "./ProblemText";
export { Sheet } from "./Sheet";
export { type Step, Steps } from "./Steps";
export { type TabChoice, Tabs } from "./Tabs";
export { type Asked, useAnswer } from "./useAnswer";
export { useModal } from "./useModal";
export { useNow } from "./useNow";
export { VirtualList } from "./VirtualList";
export { Waiting } from "./Waiting";
