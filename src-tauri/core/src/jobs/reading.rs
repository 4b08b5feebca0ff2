//! What a job remembers of volumes that it reads at the source. Upload ids are among it, addresses that are keys are not: those
//! are signed again from what is here.

use crate::jobs::fact::Leftover;
use crate::jobs::images::ImageProgress;
use crate::jobs::request::ComponentRef;
use crate::jobs::volume_data::{Came, FillingRecord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that happened while volumes were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum ReadStep {
    /// The console's place for the helper's image.
    ImageOpened {
        event: String,
        upload_url: String,
    },
    ImageSession {
        session: String,
    },
    ImageSent,
    ImageLoading {
        load: String,
    },
    /// It could not be loaded: the next try begins with a place of its own.
    ImageFailed,
    ImageThere {
        image: String,
    },
    PluginAsking,
    PluginMade {
        plugin: PluginRef,
    },
    /// Uploads of a component are about to be begun; they lie below this name.
    Opening {
        component: String,
        name: String,
    },
    Opened {
        component: String,
        readings: Vec<ReadingRecord>,
    },
    /// The job lies where the component's pods will read it.
    Placed {
        component: String,
    },
    /// From now on it may have the helper, be stopped, or run fewer instances than it should.
    Plugging {
        component: ComponentRef,
    },
    /// One instance runs while a shared volume is read; so many are wanted afterwards.
    Held {
        component: String,
        replicas: u64,
    },
    /// It was seen to be stopped; what starts from now on has the helper.
    Stopped {
        component: String,
    },
    /// Its pods could not do it: another try begins with uploads of its own.
    Failed {
        component: String,
    },
    /// Its archives lie in the source's store.
    Read {
        component: String,
        volumes: Vec<FillingRecord>,
        came: Came,
    },
    /// It runs as it did before.
    Back {
        component: String,
    },
    PluginGone,
    /// Nothing lies in the source's store any more.
    Cleared,
}

/// A plugin of a team, as its calls name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PluginRef {
    pub id: String,
    pub build_version: String,
}

/// An upload that a pod is to fill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadingRecord {
    pub ordinal: Option<u32>,
    pub volume: String,
    pub mount_path: String,
    pub key: String,
    pub upload: String,
    /// Bytes it has room for.
    pub most: u64,
}

/// How far one component got.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ComponentReading {
    /// What its job and its objects are called.
    pub name: String,
    pub readings: Option<Vec<ReadingRecord>>,
    pub placed: bool,
    /// It may be otherwise than it was found.
    pub plugged: Option<ComponentRef>,
    pub held: Option<u64>,
    pub stopped: bool,
    pub read: Option<(Vec<FillingRecord>, Came)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ReadRecord {
    pub image: ImageProgress,
    pub plugin_asking: bool,
    pub plugin: Option<PluginRef>,
    /// Names given so far.
    pub tries: u32,
    pub components: BTreeMap<String, ComponentReading>,
    /// Something may lie in the source's store.
    pub begun: bool,
}

impl ReadRecord {
    pub(super) fn apply(&mut self, step: &ReadStep) {
        match step.clone() {
            ReadStep::ImageOpened { event, upload_url } => {
                self.image = ImageProgress { event, upload_url, ..ImageProgress::default() };
            }
            ReadStep::ImageSession { session } => self.image.session = Some(session),
            ReadStep::ImageSent => self.image.sent = true,
            ReadStep::ImageLoading { load } => self.image.load = Some(load),
            ReadStep::ImageFailed => self.image = ImageProgress::default(),
            ReadStep::ImageThere { image } => self.image.there = Some(image),
            ReadStep::PluginAsking => self.plugin_asking = true,
            ReadStep::PluginMade { plugin } => self.plugin = Some(plugin),
            ReadStep::PluginGone => (self.plugin, self.plugin_asking) = (None, false),
            ReadStep::Cleared => self.begun = false,
            ReadStep::Opening { component, name } => {
                self.begun = true;
                self.tries += 1;
                self.components.insert(component, ComponentReading { name, ..ComponentReading::default() });
            }
            ReadStep::Opened { component, readings } => self.of(component).readings = Some(readings),
            ReadStep::Placed { component } => self.of(component).placed = true,
            ReadStep::Plugging { component } => {
                let id = component.id.clone();
                self.of(id).plugged = Some(component);
            }
            ReadStep::Held { component, replicas } => self.of(component).held = Some(replicas),
            ReadStep::Stopped { component } => self.of(component).stopped = true,
            ReadStep::Failed { component } => self.of(component).forget_try(),
            ReadStep::Read { component, volumes, came } => self.of(component).read = Some((volumes, came)),
            ReadStep::Back { component } => self.of(component).back(),
        }
    }

    fn of(&mut self, component: String) -> &mut ComponentReading {
        self.components.entry(component).or_default()
    }

    /// What was read of each component.
    pub(crate) fn read(&self) -> impl Iterator<Item = (&String, &Vec<FillingRecord>, &Came)> {
        self.components.iter().filter_map(|(id, one)| one.read.as_ref().map(|(volumes, came)| (id, volumes, came)))
    }

    /// Components that are not as they were found.
    pub(crate) fn plugged(&self) -> Vec<ComponentRef> {
        self.components.values().filter_map(|one| one.plugged.clone()).collect()
    }

    /// What was removed is no longer known.
    pub(super) fn removed(&mut self, thing: &Leftover) {
        match thing {
            Leftover::Reader { .. } => self.components.values_mut().for_each(ComponentReading::back),
            Leftover::ReadPlugin { .. } => (self.plugin, self.plugin_asking) = (None, false),
            // What was read has to be read again.
            Leftover::ReadData { .. } => {
                self.begun = false;
                self.components.clear();
            }
            _ => {}
        }
    }

    pub(super) fn forget_session(&mut self, session: &str) {
        if self.image.session.as_deref() == Some(session) {
            self.image = ImageProgress::default();
        }
    }
}

impl ComponentReading {
    fn back(&mut self) {
        (self.plugged, self.held, self.stopped) = (None, None, false);
        // Who was put back before its files were read has to be asked anew.
        if self.read.is_none() {
            self.forget_try();
        }
    }

    fn forget_try(&mut self) {
        (self.readings, self.placed, self.name) = (None, false, String::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(steps: &[ReadStep]) -> ReadRecord {
        let mut record = ReadRecord::default();
        for step in steps {
            let text = serde_json::to_string(step).unwrap();
            record.apply(&serde_json::from_str(&text).unwrap());
        }
        record
    }

    fn up_to_the_stop() -> Vec<ReadStep> {
        let component = ComponentRef { id: "c".into(), alias: "gr1".into(), name: "db".into() };
        vec![
            ReadStep::Opening { component: "c".into(), name: "j-r1".into() },
            ReadStep::Opened { component: "c".into(), readings: Vec::new() },
            ReadStep::Placed { component: "c".into() },
            ReadStep::Plugging { component },
            ReadStep::Held { component: "c".into(), replicas: 3 },
            ReadStep::Stopped { component: "c".into() },
        ]
    }

    #[test]
    fn a_component_put_back_unread_is_read_anew_and_a_read_one_is_not() {
        let mut steps = up_to_the_stop();
        let record = folded(&steps);
        assert_eq!((record.plugged().len(), record.components["c"].held, record.begun), (1, Some(3), true));
        steps.push(ReadStep::Back { component: "c".into() });
        let record = folded(&steps);
        assert!(record.plugged().is_empty() && record.components["c"].readings.is_none() && record.tries == 1);

        let mut steps = up_to_the_stop();
        steps.push(ReadStep::Read { component: "c".into(), volumes: Vec::new(), came: Came::default() });
        steps.push(ReadStep::Back { component: "c".into() });
        let record = folded(&steps);
        assert!(record.plugged().is_empty() && record.read().count() == 1 && record.components["c"].placed);
    }
}
