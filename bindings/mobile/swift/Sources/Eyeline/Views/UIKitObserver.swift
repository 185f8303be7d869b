// UIKit: watches views and tells how much of each shows, and that somebody scrolls.
// Compiled and run against a model of UIKit (Tests/OnModels), never against Apple's SDK.

#if canImport(UIKit) && !os(watchOS)
    import UIKit

    /// Measures views of UIKit. One for each window or screen is enough; cells may be handed over again and again.
    @MainActor
    public final class ViewObserver {
        private let client: Client
        private var watched: [ObjectIdentifier: Entry] = [:]
        private var ticks: Timer?

        /// An observer that reports to `client`. Letting go of it ends what it measures.
        public init(_ client: Client) {
            self.client = client
        }

        /// Measures `view` as `content`, in place of what it was measured as before. A reused cell calls this with its new content.
        /// The view is not kept alive; one that is let go has ended.
        public func measure(_ view: UIView, as content: Content) {
            if let entry = entry(of: view), entry.content == content { return }
            stop(view)
            watched[ObjectIdentifier(view)] = Entry(view: view, content: content, watched: Watched(content, by: client))
            tick()
        }

        /// `view` was tapped.
        public func tapped(_ view: UIView) {
            client.activity()
            entry(of: view)?.watched.tapped()
        }

        /// `view` shows its content no longer: a cell about to be reused.
        public func stop(_ view: UIView) {
            // A view that is gone may have left its address to this one: what was there has ended too.
            watched.removeValue(forKey: ObjectIdentifier(view))?.watched.gone()
            if watched.isEmpty { untick() }
        }

        /// Looks at every view now. Runs by itself ten times a second while anything is watched.
        public func look() {
            var isScrolled = false
            for (id, entry) in watched {
                guard let view = entry.view else {
                    entry.watched.gone()
                    watched[id] = nil
                    continue
                }
                let look = Look(at: view)
                entry.watched.shows(look.share, of: look.box)
                isScrolled = isScrolled || look.isScrolled
            }
            if isScrolled { client.activity() }
            if watched.isEmpty { untick() }
        }

        private func entry(of view: UIView) -> Entry? {
            watched[ObjectIdentifier(view)].flatMap { $0.view === view ? $0 : nil }
        }

        private func tick() {
            guard ticks == nil else { return }
            // A rule counts in tenths of a second at best: more looks would cost power and tell nothing.
            let timer = Timer(timeInterval: 0.1, repeats: true) { [weak self] timer in
                guard let self else { return timer.invalidate() }
                MainActor.assumeIsolated { self.look() }
            }
            timer.tolerance = 0.02
            // Also while a scroll view tracks a finger, which keeps the run loop in a mode of its own.
            RunLoop.main.add(timer, forMode: .common)
            ticks = timer
        }

        private func untick() {
            ticks?.invalidate()
            ticks = nil
        }

        private struct Entry {
            weak var view: UIView?
            let content: Content
            let watched: Watched
        }
    }
#endif
