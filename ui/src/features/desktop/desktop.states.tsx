/** The states of the question that closing the window asks, and of the desktop's settings. */
import { loaded, sampleJobs } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { DesktopSettings } from "./DesktopSettings";
import { LeaveSheet } from "./LeaveSheet";

const { world } = loaded("transfers");
const [first] = sampleJobs(world);
const jobs = Object.fromEntries(sampleJobs(world).map((job) => [job.id, job]));
const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`j${at}`, first && { ...first, id: `j${at}` }]));

export const states: ScreenStates = {
  "closing while jobs run": { draw: () => <LeaveSheet tray={true} />, state: { jobs }, shows: "Keep running in the tray" },
  "closing without a tray": { draw: () => <LeaveSheet tray={false} />, state: { jobs }, shows: "Stop and quit" },
  "closing while many run": {
    draw: () => <LeaveSheet tray={true} />,
    state: { jobs: many as typeof jobs },
    shows: /and 5 more/,
  },
  habits: { draw: () => <DesktopSettings />, shows: "Tell me when a job ends" },
};
