//! The table of commands. One row is one thing a person can do; the router, the typed calls and the TypeScript follow from it.

/// Names every command with its request and its answer, and hands the table to the macro that is named.
macro_rules! command_table {
    ($use:ident) => {
        $use! {
            /// What this program is and where it keeps things.
            app_about: () => crate::api::AboutView;
            get_settings: () => crate::api::Settings;
            save_settings: crate::api::Settings => crate::api::Settings;

            /// One text for whoever helps, to be read before it is sent; no secret is in it.
            save_diagnostics: crate::api::DiagnosticsRequest => crate::api::SavedReport;
            /// The same where the file dialog says; none when it was closed.
            save_diagnostics_as: () => Option<crate::api::SavedReport>;
            /// Shows the folder of logs in the desktop's file manager.
            reveal_logs: () => ();
            /// Whether this build takes updates, and what was found before.
            get_updates: () => crate::api::UpdatesView;
            /// Asks the address of the settings whether there is a newer version; none where there is none.
            check_update: () => Option<crate::api::UpdateView>;
            /// Downloads what was found, and proves its signature; installs nothing.
            fetch_update: () => crate::api::UpdateView;
            /// Ends the download; what was found can be downloaded again.
            stop_fetch: () => ();
            /// Opens the desktop's file dialog for an update, and proves its signature; none when it was closed.
            open_update: () => Option<crate::api::UpdateView>;
            /// Installs what was proven, by its version, and starts the program again. Refused while jobs run.
            install_update: String => crate::api::InstalledView;

            list_consoles: () => Vec<crate::api::ConsoleView>;
            /// Tries every layer of a connection, saving nothing.
            test_console: crate::api::ConsoleDraft => crate::api::TestView;
            /// The fingerprint of the certificate that an address shows, so that a user can compare it; sends nothing there.
            show_certificate: String => crate::api::CertificateView;
            save_console: crate::api::ConsoleDraft => crate::api::ConsoleView;
            remove_console: crate::ids::ConsoleId => ();
            /// Logs in and reads clusters and teams afresh.
            refresh_console: crate::ids::ConsoleId => crate::api::ConsoleView;

            /// Image registries of the user's own that apps may be brought through.
            list_registries: () => Vec<crate::api::RegistryView>;
            /// Keeps address and login; contacts nobody, a plan tries it out.
            save_registry: crate::api::RegistryDraft => crate::api::RegistryView;
            /// Forgets a registry by its address, and its password.
            remove_registry: String => ();

            load_column: crate::api::ColumnRequest => crate::api::ColumnView;
            /// What a column showed when it was last loaded whole: at once, asking nobody; none where it never was.
            remembered_column: crate::api::ColumnRequest => Option<crate::api::ColumnView>;
            /// Looks into a package by ranged reads.
            inspect: crate::api::PlanSource => crate::api::PackageView;
            /// One covered value of a package, because a person asked for it: that it was shown is logged, what it is not.
            reveal_value: crate::api::ValueRequest => String;
            /// Every file inside a package, from its directory alone.
            list_members: crate::api::PlanSource => Vec<crate::api::MemberView>;
            /// Writes one of them to disk, proven by its checksum; of a package in a store nothing else is read.
            save_member: crate::api::MemberRequest => crate::api::MemberView;

            /// Two apps side by side: in backups, in files, or alive.
            compare: crate::api::CompareRequest => crate::api::CompareView;
            /// All backups of a team or of a cluster, those of deleted apps too.
            list_backups: crate::api::BackupsRequest => crate::api::BackupsView;
            /// Which bucket and key a backup is really in.
            locate_backup: crate::api::BackupRef => crate::api::BackupPlaceView;
            /// What a deletion would do, and what it would leave.
            plan_removal: crate::api::BackupRef => crate::api::RemovalView;
            delete_backup: crate::api::RemovalRequest => crate::api::RemovedView;
            /// Writes the platform's own `.bak` to disk.
            export_ticket: crate::api::TicketRequest => crate::api::FileView;

            /// The object storage setting of a console, its secrets masked.
            read_storage: crate::ids::ConsoleId => crate::api::StorageView;
            /// Puts, reads and deletes an object of our own; changes no setting.
            test_storage: crate::api::StorageDraft => crate::api::StorageTestView;
            /// For administrators: sets it for all teams of the console.
            save_storage: crate::api::StorageDraft => crate::api::StorageChangeView;

            list_library: () => crate::api::LibraryView;
            inspect_file: String => crate::api::FileView;
            /// Opens the desktop's file dialog; none when it was closed.
            choose_file: () => Option<crate::api::FileView>;
            /// Opens the desktop's folder dialog; none when it was closed.
            choose_folder: () => Option<String>;
            /// Files and links that a start of the program was asked to open, since the last time; nothing is done with them.
            take_asked: () => Vec<crate::api::AskView>;
            /// What the person decided about jobs that run when the window is closed.
            leave: crate::api::Leave => ();
            /// Tells a person who looks elsewhere, unless the settings say no.
            notify: crate::api::DesktopNote => ();
            /// What the menu of the sign in the tray says.
            name_tray: crate::api::TrayWords => ();
            /// Shows a file in the desktop's file manager.
            reveal_file: String => ();
            /// Opens an encrypted bundle for this run, or gives a plan or a failed job what it needs to write or read one.
            give_passphrase: crate::api::PassphraseRequest => ();
            /// Proves every byte of a bundle, as a job.
            verify_file: String => crate::api::JobView;

            /// Decides everything, does nothing.
            make_plan: crate::api::PlanRequest => crate::api::PlanView;
            /// A plan for each app of a selection, to be backed up.
            plan_selection: crate::api::SelectionRequest => Vec<crate::api::SelectionRow>;
            start_plan: crate::api::StartRequest => crate::api::JobView;
            copy_object: crate::api::CopyRequest => crate::api::JobView;

            list_jobs: () => Vec<crate::api::JobView>;
            get_job: crate::ids::JobId => crate::api::JobView;
            cancel_job: crate::ids::JobId => crate::api::JobView;
            /// Holds its bytes back; what the platform does meanwhile it does.
            pause_job: crate::ids::JobId => crate::api::JobView;
            /// Moves one that waits in the queue.
            move_job: crate::api::MoveRequest => crate::api::JobView;
            unpause_job: crate::ids::JobId => crate::api::JobView;
            /// Goes on where a failed job stopped.
            retry_job: crate::ids::JobId => crate::api::JobView;
            /// Removes what a failed or cancelled job left behind.
            clean_job: crate::ids::JobId => crate::api::JobView;
            /// Takes an ended job out of the list.
            forget_job: crate::ids::JobId => ();

            /// What was planned, done and found, and what is left to do.
            job_report: crate::ids::JobId => crate::api::JobReport;
            /// The same as a page or as JSON, in a file.
            save_report: crate::api::ReportRequest => crate::api::SavedReport;
            /// The same, where the desktop's dialog says; none when it was closed.
            save_report_as: crate::api::ReportRequest => Option<crate::api::SavedReport>;
            /// Ended jobs as a table, in a file.
            save_history: crate::api::HistoryRequest => crate::api::SavedReport;
            /// The same, where the desktop's dialog says; none when it was closed.
            save_history_as: crate::api::HistoryRequest => Option<crate::api::SavedReport>;
            /// Shows a report that was saved as a page in the user's browser.
            open_report: crate::api::SavedReport => ();

            /// Deletes the app a restore came from, once its copy is whole and runs.
            delete_original: crate::api::DeleteOriginalRequest => crate::api::JobView;
            /// Shows an app in its console.
            open_app: crate::api::AppRef => crate::api::AppPageView;

            start_samples: () => crate::api::SamplesView;
            stop_samples: () => crate::api::SamplesView;
            move_site: crate::api::Site => crate::api::SamplesView;
        }
    };
}

pub(crate) use command_table;
