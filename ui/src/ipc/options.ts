/** The options of a plan before anyone chose: what a plain drag asks for. */
import type { PlanRequest } from "./generated/contract";

export const PLAIN_OPTIONS: PlanRequest["options"] = {
  app_name: null,
  start_after: true,
  lane: null,
  registry: null,
  cloud: true,
  note: "",
  stop_stateful: false,
  force: false,
  drop_volume_data: false,
  record_only: false,
  gateway_rules: null,
  certificates: false,
  volume_data: [],
  volume_reading: [],
  reading_endpoint: null,
  volume_endpoint: null,
  encrypt: null,
};
