/** The guide inside the window in English, and what each error code means. `help.zh.ts` has the same shape. */
import type { Code } from "../ipc/generated/contract";

export interface HelpTopic {
  title: string;
  intro: string;
  /** What to do, one after the other: a line, and what to know about it. */
  steps: [string, string][];
}

export interface HelpWords {
  title: string;
  hint: string;
  open: string;
  topics: string;
  connect: HelpTopic;
  migrate: HelpTopic;
  airGap: HelpTopic;
  restore: HelpTopic;
  trouble: {
    title: string;
    intro: string;
    search: string;
    nothing: string;
    cause: string;
    next: string;
    about: string;
    count: (count: number) => string;
  };
  causes: Record<Code, string>;
}

export const help: HelpWords = {
  title: "Help",
  hint: "F1 opens it anywhere, over whatever is open",
  open: "Help",
  topics: "Topics",
  connect: {
    title: "Connect a console",
    intro: "A console is one Rainbond installation. Each of its clusters becomes a column.",
    steps: [
      [
        "Press Add cluster, and give address, user and password",
        "The address is the one you open in the browser, with its port. The account sees what it sees there: its teams, and no others.",
      ],
      [
        "Choose the environment",
        "Production is red everywhere, and its name must be typed before anything is written to it. Read-only forbids writing altogether.",
      ],
      [
        "Press Test",
        "Layer by layer: address, TCP, TLS, console, login, rights, clusters, store. The first one that fails says what to do. Nothing is saved yet.",
      ],
      [
        "Give the store where it is not reached",
        "Packages lie in object storage. If the console’s own setting is an address inside the cluster, open Stores and give one that this computer reaches.",
      ],
    ],
  },
  migrate: {
    title: "Migrate an app",
    intro: "A backup is dragged from one column to another. The original is not touched.",
    steps: [
      [
        "Drag a backup, or an app, onto another column",
        "Each column says at once whether it may land there, and if not, why. Without a mouse: Space picks up, arrows choose, Space drops; or “Migrate to…” in the menu.",
      ],
      [
        "Read the plan",
        "What arrives, what does not, what changes, and the checks. A blocking check says how to settle it; a warning can be accepted. Nothing has happened yet.",
      ],
      [
        "Press the button that names the target",
        "For production, type the cluster’s name first. The plan is looked at once more: if the world has changed, nothing starts.",
      ],
      [
        "Watch it, or close the window",
        "The job goes on where it stopped, after a crash too. Pause, cancel and retry are in the transfers.",
      ],
      [
        "Read the report",
        "What really arrived, compared with the backup, and what is left to do by hand. Only then delete the original.",
      ],
    ],
  },
  airGap: {
    title: "Across an air gap",
    intro: "Where two sites have no network between them, a bundle on a disk carries the app.",
    steps: [
      [
        "Drag a backup onto This computer",
        "It becomes one file, .tar.zst or, encrypted with a passphrase, .tar.zst.age. Package, ticket and checksums are inside.",
      ],
      [
        "Carry the file, and copy it to the computer over there",
        "“Verify” in its menu proves every byte. Without Rainferry: tar --zstd -xf opens it, and sha256sum -c SHA256SUMS proves it.",
      ],
      [
        "Drag the file onto a cluster there",
        "From the library or from the desktop. The plan says what will arrive before anything is sent.",
      ],
      [
        "A .bak of Rainbond is a ticket, not a backup",
        "It names a package in a store and holds no data. It works only where the target reads that store.",
      ],
    ],
  },
  restore: {
    title: "Restore a backup",
    intro: "Back into the app it was made of, or beside it as a new app.",
    steps: [
      [
        "Open the menu of a backup",
        "“Restore beside…” makes a new app and is always safe. “Restore in place…” needs the app to be closed, and replaces it.",
      ],
      ["Read the plan", "Volume data that is not inside the package is named: it does not come back."],
      [
        "Compare what came back",
        "The report compares app and backup row by row. Deleting the original is offered only where the copy is whole and runs.",
      ],
    ],
  },
  trouble: {
    title: "Troubleshooting",
    intro: "Every problem has a code. It stands under Details wherever a problem is shown.",
    search: "Find a code or a word",
    nothing: "No code fits",
    cause: "Cause",
    next: "Next step",
    about: "About this code",
    count: (count) => `${count} ${count === 1 ? "code" : "codes"}`,
  },
  causes: {
    bad_request: "Something that was asked for contradicts itself, or a value is missing.",
    bad_address: "It is no web address, or neither http nor https.",
    unreachable: "Nothing listens there, a firewall is between, or the name is unknown here.",
    tls_failed: "The certificate is expired, for another name, or of an authority that this computer does not trust.",
    certificate_changed:
      "The console shows another certificate than the one you trusted. It was renewed, or somebody is in between.",
    not_rainbond: "Something answers, but not as a Rainbond console does: a proxy, a login page, another program.",
    login_refused: "The console does not accept this name with this password.",
    password_missing: "Without a keyring a password lives only as long as the window, or it was removed from the keyring.",
    login_expired: "The console ended the session and refused to renew it.",
    forbidden: "The account lacks a right in this team or on this console.",
    unsupported: "The console’s version does not have this function, or has it broken.",
    console_refused: "The console understood, and said no.",
    bad_answer: "A proxy cut in, or the console is of a version nobody has seen yet.",
    cluster_down: "The console runs, the cluster’s API behind it does not.",
    resources_short: "Memory of the cluster or the limit of the team is used up.",
    not_found: "Somebody deleted or renamed it after it was listed.",
    ambiguous: "Two or more things have that name.",
    stateful_running: "Files of a database that runs would be copied while they change.",
    custom_volumes: "Rainbond backs up only volumes of its own kinds.",
    backup_busy: "Rainbond makes one backup of an app at a time.",
    target_not_empty: "The chosen app already has components.",
    read_only: "Somebody marked this connection so that nothing is written.",
    store_missing: "Neither the connection nor the console says where packages lie.",
    store_unreachable: "The store’s address is known to the cluster, not to this computer, or it is down.",
    store_denied: "Access key or secret key are wrong, or may not do this.",
    store_failed: "The store answered with an error of its own: overloaded, full, broken.",
    registry_denied: "Wrong login, or no right to push into that namespace.",
    registry_failed: "The image registry is down, full, or speaks another protocol.",
    package_missing: "The record is there, its package is not: cleaned up, or in another store.",
    package_damaged: "The package is cut short or altered. Such backups cannot be restored by anything.",
    source_changed: "Somebody wrote the object while it was read.",
    source_unread: "Pods at the source did not come up, or their volumes could not be read.",
    checksum_mismatch: "Bytes changed on the way, or in the store.",
    ticket_damaged: "A .bak is encoded text; a mail program or an editor altered it, or it is something else.",
    not_a_bundle: "The file was not written by Rainferry or Rainbond.",
    bundle_damaged: "The file is cut short, most often by a copy that was interrupted, or a disk lost bytes.",
    passphrase_missing: "Passphrases are kept nowhere: after a restart it must be given again.",
    passphrase_wrong: "The passphrase differs from the one it was written with: layout, capitals, a space at the end.",
    bundle_too_new: "It was written by a newer Rainferry.",
    disk_full: "The folder of bundles, or of Rainferry’s own data, has no room.",
    file_failed: "Rights are missing, the disk is gone, or it is read-only.",
    file_exists: "Nothing is ever written over a file that is there.",
    plan_blocked: "One or more checks say that it would fail, or do harm.",
    plan_stale: "Between plan and start somebody changed the backup, the team or the cluster.",
    not_confirmed: "Writing to production needs its name, typed.",
    backup_failed: "The cluster gave up: its disk is full, an image cannot be pulled, a volume cannot be read.",
    restore_failed: "The cluster gave up: resources, images, or names that are taken.",
    restore_stuck: "The cluster has said nothing for a long time. Some versions never say that they failed.",
    arrived_incomplete: "The platform said done, and what is there is less than it should be.",
    locked: "Two programs on one data folder would write into each other’s journals.",
    keyring_missing: "This desktop has no keyring, or it is locked.",
    state_damaged: "A file of Rainferry’s own was altered, or a disk lost bytes. It is left as it is.",
    not_here: "It was asked for on the command line, or on a system that has no such thing.",
    updates_off: "It was built without a key, or nobody here can install: then no update could be told from a forged one.",
    manifest_broken:
      "Something answers at the address, but not with what Rainferry’s publisher writes: another page, an error, a login.",
    update_untrusted: "Its signature is missing, damaged, or by another key, or the bytes are not those that were signed.",
    update_unfit: "It is not newer than what runs, or it is for another system, processor or kind of installation.",
    update_failed: "The system’s own installer refused, the password was not given, or Rainferry was not installed by a package.",
    jobs_running: "An update restarts Rainferry, and that would break into jobs.",
    cancelled: "You cancelled it. What had been begun was put away, or is named.",
    internal: "Rainferry itself is wrong here.",
  },
};
