//! The page as a whole: holds the state, draws the panels, hands effects to the host.

use yew::prelude::*;

use super::components::{Glyph, Icon};
use super::file::Standing;
use super::host::{HostHandle, Page};
use super::panels::{
    BottomBar, Consolidate, Edges, FileList, FindBar, FindingsPanel, Notices, Original, Overlay, Paper,
    Rules, Sheet, SheetTabs, Start, TopBar,
};
use super::state::{Command, Effect, Message, Panels, Place, Side, State};
use super::text;
use crate::worker::protocol::Version;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub host: HostHandle,
}

/// The page: takes messages in, draws the state, hands effects to the host.
pub struct App {
    state: State,
    page: Page,
    /// Carried out after the drawing, so that what they name is there.
    outbox: Vec<Effect>,
}

impl Component for App {
    type Message = Message;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let send = ctx.link().callback(|message| message);
        let host = ctx.props().host.clone();
        host.0.connect(send.clone());
        Self { state: State::default(), page: Page { send, host }, outbox: Vec::new() }
    }

    fn update(&mut self, _: &Context<Self>, message: Message) -> bool {
        // A sign of life from the engine, or that bytes are here, changes nothing that is drawn.
        let beat = matches!(message, Message::Second | Message::TakenUp(_) | Message::Held(_));
        let told = self.state.notices.list.last().map(|notice| notice.id);
        let effects = self.state.update(message);
        let draws = !beat
            || effects.iter().any(|effect| !is_asked(effect))
            || self.state.notices.list.last().map(|notice| notice.id) != told;
        for effect in effects {
            // The engine is at the next file while this is drawn; a new one begins when it is.
            let waits = self.outbox.iter().any(|effect| matches!(effect, Effect::StartEngine));
            if !waits && is_asked(&effect) {
                self.page.host.0.run(effect);
            } else {
                self.outbox.push(effect);
            }
        }
        draws
    }

    fn rendered(&mut self, _: &Context<Self>, first: bool) {
        if first {
            self.page.host.0.mounted();
        }
        for effect in self.outbox.drain(..) {
            self.page.host.0.run(effect);
        }
        self.page.host.0.rendered();
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let state = &self.state;
        html! {
            <ContextProvider<Page> context={self.page.clone()}>
                <div class={classes!("page", state.dragging.then_some("dragging"), state.paper.map(|_| "printing"))}>
                    <TopBar place={state.place} display={state.display} release={state.release.clone()}
                        breakdown={state.breakdown.in_force.as_ref().map(|picked| text::shown(&picked.name))}
                        rules_off={state.rules_off.len()} />
                    <Notices notices={state.notices.list.clone()} />
                    { match state.place {
                        Place::Check => self.check(),
                        Place::Consolidate => html! {
                            <Consolidate files={state.files.clone()}
                                cities={state.hello.as_ref().map(|hello| hello.cities.clone()).unwrap_or_default()}
                                periods={state.periods()} period={state.chosen_period()} all={state.consolidation.all}
                                preferred={state.consolidation.preferred.clone()}
                                without={state.consolidation.without.clone()}
                                settled={state.consolidation.settled}
                                consolidation={state.consolidation.progress.clone()}
                                outdated={state.consolidation_is_outdated()} changed={state.changed_since()}
                                shown={state.consolidation.shown.clone()} traced={state.consolidation.traced}
                                comparing={state.consolidation.comparing.clone()} />
                        },
                        Place::Rules => html! {
                            <Rules hello={state.hello.clone()} files={state.files.clone()}
                                off={state.rules_off.clone()} />
                         },
                    } }
                    <Overlay card={state.card} release={state.release.clone()} files={state.files.clone()}
                        proposal={state.breakdown.proposal.clone()} keeping={state.keeping.clone()}
                        plan={state.changes.plan.clone()} reading={state.reading()} />
                    if let Some(sheets) = state.paper {
                        <Paper {sheets} files={state.files.clone()} hello={state.hello.clone()}
                            now={state.keeping.now.clone()} />
                    }
                    // On the board each place takes files, and must be seen.
                    if state.dragging && state.place != Place::Consolidate {
                        <div class="drop-veil" aria-hidden="true"><p>{ text::DROP_HERE }</p></div>
                    }
                    <div class="sr" role="status" aria-live="polite" data-role="announce">
                        { text::shown(&state.notices.announcement) }
                    </div>
                </div>
            </ContextProvider<Page>>
        }
    }
}

/// Whether it only asks for something that nothing drawn has a part in.
const fn is_asked(effect: &Effect) -> bool {
    matches!(effect, Effect::Send(_) | Effect::Read(_))
}

impl App {
    fn check(&self) -> Html {
        let state = &self.state;
        if state.files.is_empty() {
            return html! {
                <Start hello={state.hello.clone()} shelf={state.keeping.shelf.clone()}
                    release={state.release.clone()} machine={state.machine.clone()} />
            };
        }
        let file = state.selected_file().cloned();
        html! {
            <div class={workbench_class(&state.panels)} style={workbench_style(&state.panels)}>
                <FileList files={state.files.clone()} rail={state.rail.clone()} selected={state.selected}
                    reading={state.reading()} waiting={state.waiting()}
                    removed={state.removed_files()} saving={state.keeping.saving} />
                <main class="centre">
                    if state.consolidation.left_from.is_some() {
                        <p class="back-strip">
                            <button type="button" class="button" data-role="back-to-summary"
                                onclick={self.page.on(Command::BackToSummary)}>
                                <Icon glyph={Glyph::Left} />{ text::BACK_TO_SUMMARY }
                            </button>
                            { text::LOOKING_AT_SOURCE }
                        </p>
                    }
                    { match (&file, &state.sheet.view) {
                        (Some(file), Some(view)) => html! {
                            <>
                                if let Some(find) = state.sheet.find.clone() {
                                    <FindBar {find} cursor={view.cursor} />
                                }
                                if view.version == Version::Original {
                                    <Original changed={file.change_count()} />
                                }
                                <Sheet file={file.clone()} view={view.clone()} viewport={state.sheet.viewport}
                                    drawn_from={state.sheet.drawn_from}
                                    finding={state.findings.selected} scale={state.scale()}
                                    hello={state.hello.clone()} />
                                <SheetTabs file={file.clone()} version={view.version}
                                    panels={state.panels}
                                    selected={view.selects_several().then(|| view.selected())}
                                    sum={view.sum().cloned()} />
                            </>
                        },
                        (Some(file), None) => html! { <div class="empty-sheet">{ match file.standing() {
                            Standing::Unreadable(why) => html! { <><h2>{ text::UNREADABLE }</h2><p>{ why }</p></> },
                            Standing::Unread => html! { <><h2>{ text::UNREAD }</h2><p>{ text::is_unread() }</p>
                                <button type="button" class="button" data-role="read-this"
                                    onclick={self.page.on(Command::Retry(file.id))}>{ text::READ_AGAIN }</button></> },
                            _ => html! { <p>{ text::READING }</p> },
                        } }</div> },
                        (None, _) => Html::default(),
                    } }
                </main>
                <Edges panels={state.panels} large={state.display.large}
                    sheet={state.sheet.viewport.width} />
                if let Some(file) = file.clone() {
                    <FindingsPanel file={file} filter={state.findings.filter.clone()}
                        finding={state.findings.selected} settled={state.findings.settled} hello={state.hello.clone()}
                        draft={state.findings.draft.clone()} kept={state.findings.kept.clone()} />
                }
                if let Some(file) = file {
                    <BottomBar file={file} filter={state.findings.filter.clone()}
                        finding={state.findings.selected} settled={state.findings.settled}
                        record={state.changes.record} saving={state.changes.saving}
                        drawer={state.panels.drawer} />
                }
            </div>
        }
    }
}

fn workbench_class(panels: &Panels) -> Classes {
    classes!(
        "workbench",
        panels.is_folded(Side::Files).then_some("files-folded"),
        panels.is_folded(Side::Findings).then_some("findings-folded"),
        panels.drawer.then_some("drawer-open"),
    )
}

/// The widths that the user has given the panels.
fn workbench_style(panels: &Panels) -> String {
    let own = [("--rail", Side::Files), ("--panel", Side::Findings)];
    own.into_iter().filter_map(|(name, side)| Some(format!("{name}:{}px;", panels.width(side)?))).collect()
}
