//! One device with its host, store, clocks and network, moved on step by step; the laws are checked after every step.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use eyeline_core::wire::Event as WireEvent;
use eyeline_core::{
    AffiliateId, Class, Config, Consent, ContentId, Convert, Engine, Entropy, Goal, Id, Impression,
    ImpressionHandle, Label, MonoMillis, Now, Page, PagePath, Pairs, PlacementId, Saved, Ticket,
    UnixMillis, Upload, Visibility, Write,
};

use crate::chance::Chance;
use crate::network::Network;
use crate::server::{EventKey, Server};
use crate::store::Store;

/// Something that happens to a device.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    Track,
    Render,
    Visible {
        which: u64,
        percent: u8,
    },
    Click {
        which: u64,
    },
    Hide {
        which: u64,
    },
    Active(bool),
    Page(u8),
    Dimension(u8),
    Choice(Consent),
    Gpc(bool),
    Forget,
    Flush,
    Background,
    /// Time passes on both clocks, and the host does what is due.
    Pass {
        ms: u64,
    },
    /// The wall clock is set.
    StepWall {
        ms: i64,
    },
    /// The host asks what to do and does it, at most this often.
    Pump {
        times: u8,
        network: Network,
    },
    /// The answer to the upload that is on its way comes at last.
    LateAnswer(Network),
    StoreFails(bool),
    /// The process dies. What it had not stored is gone.
    Crash,
    /// The process dies while its last record is being written: the call that asked for it never returned.
    CrashWhileStoring,
    Restart,
}

pub(crate) struct World {
    pub(crate) engine: Option<Engine>,
    pub(crate) store: Store,
    pub(crate) server: Server,
    pub(crate) now: Now,
    pub(crate) chance: Chance,
    pub(crate) config: Config,
    pub(crate) store_fails: bool,
    /// The last call's record is not stored, and the call does not return.
    pub(crate) torn: bool,
    pub(crate) consent: Consent,
    pub(crate) gpc: bool,
    /// The last choice that was made, which the store keeps.
    pub(crate) chosen: Option<Consent>,
    pub(crate) handles: Vec<ImpressionHandle>,
    pub(crate) silent: Option<Upload>,
    /// The raw bytes of the upload handed out last.
    pub(crate) unpacked: Option<(Ticket, Vec<u8>)>,
    /// Events that were stored before their call returned: these may not vanish.
    pub(crate) durable: HashSet<EventKey>,
    /// Events that stored `sdk` events tell as lost, and the keys of those.
    pub(crate) reports: HashMap<EventKey, Vec<EventKey>>,
    /// Whether anything may end other than by delivery.
    pub(crate) may_lose: bool,
    /// The visitor denied or asked to be forgotten.
    pub(crate) withdrew: bool,
    pub(crate) store_failed: bool,
    /// The largest raw batch the server takes.
    pub(crate) takes_bytes: usize,
    /// Bytes of every batch sent by this process, by instance and label.
    pub(crate) sent: HashMap<(Id, u64), Vec<u8>>,
    /// For each instance, the last number ever attempted.
    pub(crate) attempted: HashMap<Id, (u64, HashSet<u64>)>,
}

impl World {
    pub(crate) fn new(seed: u64, configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(
            AffiliateId::new("zozo-men").unwrap(),
            Label::new("test/1.0.0").unwrap(),
        );
        configure(&mut config);
        let mut world = Self {
            engine: None,
            store: Store::default(),
            server: Server::default(),
            now: Now {
                wall: UnixMillis::from_i64(1_700_000_000_000),
                mono: MonoMillis::from_u64(5_000),
            },
            chance: Chance(seed),
            consent: config.consent,
            gpc: config.gpc,
            chosen: None,
            config,
            store_fails: false,
            torn: false,
            handles: Vec::new(),
            silent: None,
            unpacked: None,
            durable: HashSet::new(),
            reports: HashMap::new(),
            may_lose: false,
            withdrew: false,
            store_failed: false,
            takes_bytes: usize::MAX,
            sent: HashMap::new(),
            attempted: HashMap::new(),
        };
        world.start();
        world
    }

    pub(crate) fn takes_bytes(&mut self, bytes: usize) {
        self.takes_bytes = bytes;
    }

    pub(crate) fn start(&mut self) {
        let bits = Chance(self.chance.next_u64());
        let saved: Saved = self.store.saved();
        self.engine = Some(Engine::start(
            self.config.clone(),
            saved,
            self.now,
            Box::new(bits),
        ));
        self.gpc = self.config.gpc;
        self.handles.clear();
        self.silent = None;
        self.unpacked = None;
        self.sent.clear();
        self.keep();
        self.check_consent();
    }

    /// Does one thing and checks every law that holds at any moment.
    pub(crate) fn happen(&mut self, happening: &Happening) {
        match happening {
            Happening::Crash => return self.crash(),
            Happening::CrashWhileStoring => {
                self.torn = true;
                self.call(|engine, now| {
                    let _ = engine.track(now, Convert::new(Goal::new("torn").unwrap()));
                });
                return self.crash();
            }
            Happening::Restart => {
                self.call(Engine::shutdown);
                return self.crash();
            }
            Happening::StoreFails(fails) => {
                self.store_fails = *fails;
                self.store_failed |= *fails;
            }
            Happening::StepWall { ms } => {
                self.now.wall =
                    UnixMillis::from_i64(self.now.wall.as_i64().saturating_add(*ms).max(0));
            }
            Happening::Pass { ms } => self.pass(*ms),
            Happening::Pump { times, network } => self.pump(*times, *network),
            Happening::LateAnswer(network) => {
                if let Some(upload) = self.silent.take() {
                    self.transfer(upload, *network);
                }
            }
            Happening::Choice(choice) => {
                self.may_lose |= *choice == Consent::Denied;
                self.withdrew |= *choice == Consent::Denied;
                self.consent = *choice;
                self.chosen = Some(*choice);
                self.call(|engine, now| engine.set_consent(now, *choice));
            }
            Happening::Forget => {
                self.may_lose = true;
                self.withdrew = true;
                self.call(Engine::forget);
            }
            other => self.use_app(other),
        }
        self.check();
    }

    pub(crate) fn use_app(&mut self, happening: &Happening) {
        let handle = |world: &Self, which: u64| {
            let at = usize::try_from(which).unwrap() % world.handles.len().max(1);
            world.handles.get(at).copied()
        };
        match happening {
            Happening::Track => self.call(|engine, now| {
                let _ = engine.track(now, Convert::new(Goal::new("purchase").unwrap()));
            }),
            Happening::Render => {
                let mut rendered = None;
                self.call(|engine, now| {
                    let content = ContentId::new("item-men-14").unwrap();
                    let impression =
                        Impression::new(content, PlacementId::new("recs-top").unwrap());
                    rendered = engine.render(now, impression).ok();
                });
                self.handles.extend(rendered);
            }
            Happening::Visible { which, percent } => {
                if let Some(handle) = handle(self, *which) {
                    let shows = Visibility {
                        fraction: f64::from(*percent) / 100.0,
                        width: 300.0,
                        height: 250.0,
                    };
                    self.call(|engine, now| {
                        let _ = engine.visible(now, handle, shows);
                    });
                }
            }
            Happening::Click { which } => {
                if let Some(handle) = handle(self, *which) {
                    self.call(|engine, now| {
                        let _ = engine.click(now, handle, Default::default());
                    });
                }
            }
            Happening::Hide { which } => {
                if let Some(handle) = handle(self, *which) {
                    let why = Label::new("scroll").unwrap();
                    self.call(|engine, now| {
                        let _ = engine.hide(now, handle, &why);
                    });
                }
            }
            Happening::Active(active) => self.call(|engine, now| engine.set_active(now, *active)),
            Happening::Page(page) => {
                let page = Page::new(PagePath::new(format!("/{page}")).unwrap());
                self.call(|engine, now| {
                    let _ = engine.set_page(now, page);
                });
            }
            Happening::Dimension(value) => {
                let dimensions = Pairs::dimensions([("edition", value.to_string())]).unwrap();
                self.call(|engine, now| engine.set_dimensions(now, dimensions));
            }
            Happening::Gpc(gpc) => {
                self.gpc = *gpc;
                self.call(|engine, now| engine.set_gpc(now, *gpc));
            }
            Happening::Flush => self.call(Engine::flush),
            Happening::Background => self.call(Engine::background),
            _ => unreachable!("not an app's doing"),
        }
    }

    /// Calls the engine, then stores what it hands out, as a host does before it returns.
    pub(crate) fn call(&mut self, call: impl FnOnce(&mut Engine, Now)) {
        if let Some(engine) = &mut self.engine {
            call(engine, self.now);
        }
        self.keep();
    }

    pub(crate) fn keep(&mut self) {
        let Some(engine) = &mut self.engine else {
            return;
        };
        let Some(writes) = engine.take_writes() else {
            return;
        };
        if self.torn {
            return;
        }
        if self.store_fails {
            engine.storage_failed(self.now);
            return;
        }
        let inst = engine.instance();
        for op in &writes.ops {
            if let Write::Put { key, value } = op
                && key.class == Class::Event
            {
                let event = WireEvent::decode(value).unwrap();
                self.durable.insert((inst, event.n));
                for lost in &event.lost {
                    for n in lost.from..=lost.to {
                        let told = self.reports.entry((lost.inst, n)).or_default();
                        told.push((inst, event.n));
                    }
                }
            }
        }
        self.store.apply(&writes);
    }

    pub(crate) fn crash(&mut self) {
        self.engine = None;
        self.torn = false;
        // A phone that was killed comes back after anything from no time to days; the mono clock may have begun anew.
        let gone =
            [0, 50, 60_000, 3_600_000, 90_000_000][usize::try_from(self.chance.below(5)).unwrap()];
        self.now.wall = self.now.wall.plus(Duration::from_millis(gone));
        self.now.mono = if self.chance.one_in(2) {
            MonoMillis::from_u64(17)
        } else {
            self.now.mono
        };
        self.start();
        self.check();
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        let by = Duration::from_millis(ms);
        self.now = Now {
            wall: self.now.wall.plus(by),
            mono: self.now.mono.plus(by),
        };
    }
}
