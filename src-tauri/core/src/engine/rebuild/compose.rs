//! Components one after the other by calls, each as the application package says it would be (rebuild.md §7.1 step 5): made,
//! checked, cleared of what the check guessed, given what is its own, built. What exists is looked for first.

use super::fittings::Fittings;
use super::{Ground, drafted, install};
use crate::console::{CheckState, EnvScope, NewComponent, PortAction};
use crate::engine::restore::{FIRST_PAUSE, Pauses};
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{landing, origin, registries};
use crate::ids::AppId;
use crate::jobs::fact::{Fact, InstalledComponent};
use crate::jobs::{Lane, PhaseName};
use crate::line::LineCode;
use crate::package::Row;
use crate::problem::{Code, Problem, Retry};
use crate::secret::Secret;
use crate::template::{Draft, Placed};
use chrono::TimeDelta;

/// How long a look at an image may take.
const CHECK_PATIENCE: TimeDelta = TimeDelta::minutes(5);

pub(super) struct Compose;

#[async_trait::async_trait]
impl Step for Compose {
    fn phase(&self) -> PhaseName {
        PhaseName::Install
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let ground = Ground::of(run).await?;
        let draft = drafted(run, &ground, &origin::open(run).await?.model)?;
        let app = landing::app(&run.record())?;
        if !run.record().rebuild.install_asking {
            let there = ground.target.console.components(&run.ctx, &ground.scope, app).await?;
            install::must_be_empty(&ground, &there)?;
            run.note(Fact::InstallAsking)?;
        }
        let login = match ground.landing.lane {
            Lane::Registry => registries::of(run, &ground.landing).await?.login(),
            Lane::Official | Lane::Rebuild => None,
        };
        let composer = Composer { run, ground: &ground, draft: &draft, app, login: login.clone() };
        for placed in &draft.components {
            composer.component(placed).await?;
        }
        let fittings = Fittings { run, ground: &ground, draft: &draft, app, login };
        fittings.join().await?;
        fittings.plugins().await?;
        for placed in &draft.components {
            composer.build(placed).await?;
        }
        fittings.finish().await?;
        Ok(run.say(LineCode::LogComposed, [("count", draft.components.len().to_string())])?)
    }
}

struct Composer<'a> {
    run: &'a Run,
    ground: &'a Ground,
    draft: &'a Draft,
    app: AppId,
    /// For images in a registry of the user's own.
    login: Option<(String, Secret)>,
}

/// What the package says of a component.
pub(super) fn entry<'a>(draft: &'a Draft, id: &str) -> Row<'a> {
    let found = Row(&draft.metadata.0).rows("apps").find(|row| row.text("service_id") == id);
    found.unwrap_or(Row(&serde_json::Value::Null))
}

/// What a component of the backup became.
pub(super) fn made(run: &Run, id: &str) -> Option<InstalledComponent> {
    run.record().rebuild.installed?.into_iter().find(|component| component.source_id == id)
}

/// What an image of the package is called where the cluster pulls it from.
pub(super) fn brought(run: &Run, draft: &Draft, name: &str) -> Result<String, Problem> {
    let file = draft.images.iter().find(|part| part.image == name).map(|part| part.file.clone());
    let images = run.record().rebuild.images;
    let there = file.and_then(|file| images.get(&file)?.there.clone());
    there.ok_or_else(|| Problem::new(Code::Internal, format!("The image {name} was not brought")))
}

impl Composer<'_> {
    async fn component(&self, placed: &Placed) -> Result<(), Stop> {
        self.run.ctx.check()?;
        let component = match made(self.run, &placed.id) {
            Some(component) => component,
            None => self.make(placed).await?,
        };
        self.once(&format!("compose:check:{}", placed.id), self.check(placed, &component.alias)).await?;
        self.once(&format!("compose:clear:{}", placed.id), self.clear(&component.alias)).await?;
        let login = self.login.clone();
        let fittings = Fittings { run: self.run, ground: self.ground, draft: self.draft, app: self.app, login };
        fittings.fit(placed, &component.alias).await
    }

    /// Without this step the component is of no use: what fails here fails the job.
    async fn once(&self, id: &str, act: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
        if self.run.record().rebuild.adjusted.contains(id) {
            return Ok(());
        }
        act.await?;
        Ok(self.run.note(Fact::Adjusted { id: id.to_owned() })?)
    }

    /// One that was made just before a crash has our name, which no other component of this app has.
    async fn make(&self, placed: &Placed) -> Result<InstalledComponent, Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let there = console.components(ctx, scope, self.app).await?;
        let (id, alias) = match there.into_iter().find(|row| row.service_cname == placed.cname) {
            Some(row) => (row.service_id, row.service_alias),
            None => {
                let row = entry(self.draft, &placed.id);
                let new = NewComponent {
                    app: self.app,
                    name: placed.cname.clone(),
                    k8s_component_name: placed.k8s_name.clone(),
                    image: brought(self.run, self.draft, &row.text("share_image"))?,
                    arch: Some(row.text("arch")).filter(|arch| !arch.is_empty()).unwrap_or_else(|| "amd64".to_owned()),
                    registry: self.login.clone(),
                };
                let made = console.create_component(ctx, scope, &new).await?;
                (made.service_id, made.service_alias)
            }
        };
        let component = InstalledComponent { source_id: placed.id.clone(), id, alias, name: placed.cname.clone() };
        self.run.note(Fact::ComponentMade { component: component.clone() })?;
        Ok(component)
    }

    async fn check(&self, placed: &Placed, alias: &str) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let check = console.check_component(ctx, scope, alias).await?;
        let deadline = ctx.clock.now() + CHECK_PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        loop {
            match console.component_check(ctx, scope, alias, &check).await? {
                CheckState::Passed => return Ok(()),
                CheckState::Failed { reasons } => {
                    return Err(Problem::new(
                        Code::ConsoleRefused,
                        format!("{} cannot use the image of {}", self.ground.target.name(), placed.source_cname),
                    )
                    .hint("Its registry may not have kept the image. Remove what was made and try again")
                    .fact("reason", reasons.join("; "))
                    .retry(Retry::Later)
                    .into());
                }
                CheckState::Checking if ctx.clock.now() >= deadline => {
                    return Err(Problem::new(
                        Code::ClusterDown,
                        format!("{} has not looked at the image in time", self.ground.target.name()),
                    )
                    .hint("Try again: this step is repeated")
                    .retry(Retry::Later)
                    .into());
                }
                CheckState::Checking => ctx.sleep(pauses.next()).await?,
            }
        }
    }

    /// Only guesses are there at this point. An open port must be closed before it can go.
    async fn clear(&self, alias: &str) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        for port in console.ports(ctx, scope, alias).await? {
            if port.is_outer {
                console.set_port(ctx, scope, alias, port.port, PortAction::CloseOuter).await?;
            }
            if port.is_inner {
                console.set_port(ctx, scope, alias, port.port, PortAction::CloseInner).await?;
            }
            console.delete_port(ctx, scope, alias, port.port).await?;
        }
        for kind in [EnvScope::Inner, EnvScope::Outer] {
            for env in console.envs(ctx, scope, alias, kind).await? {
                console.delete_env(ctx, scope, alias, env.id).await?;
            }
        }
        let mut volumes = console.volumes(ctx, scope, alias).await?;
        volumes.extend(console.config_files(ctx, scope, alias).await?);
        for volume in volumes {
            console.delete_volume(ctx, scope, alias, volume.id).await?;
        }
        Ok(())
    }

    /// Only now the cluster hears of it.
    async fn build(&self, placed: &Placed) -> Result<(), Stop> {
        let Some(component) = made(self.run, &placed.id) else { return Ok(()) };
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let build = async { Ok(console.build_component(ctx, scope, &component.alias, false).await?) };
        self.once(&format!("compose:build:{}", placed.id), build).await
    }
}
