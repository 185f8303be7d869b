// UIKit: watches views and tells how much of each shows through its superviews and its window.
// Never compiled in this project's own checks: they have no Apple SDK.

#if canImport(UIKit) && !os(watchOS)
    import UIKit

    /// Measures views of UIKit. One for each window or screen is enough; cells may be handed over again and again.
    @MainActor
    public final class ViewObserver {
        private let client: Client
        private var watched: [ObjectIdentifier: Entry] = [:]
        private var ticks: CADisplayLink?

        /// An observer that reports to `client`.
        public init(_ client: Client) {
            self.client = client
        }

        /// Measures `view` as `content`, in place of what it was measured as before. A reused cell calls this with its new content.
        /// The view is not kept alive; one that is let go has ended.
        public func measure(_ view: UIView, as content: Content) {
            let id = ObjectIdentifier(view)
            if let entry = watched[id], entry.view === view, entry.content == content { return }
            stop(view)
            watched[id] = Entry(view: view, content: content, watched: Watched(content, by: client))
            tick()
        }

        /// `view` was tapped.
        public func tapped(_ view: UIView) {
            client.activity()
            watched[ObjectIdentifier(view)]?.watched.tapped()
        }

        /// `view` shows its content no longer: a cell about to be reused.
        public func stop(_ view: UIView) {
            watched.removeValue(forKey: ObjectIdentifier(view))?.watched.gone()
            if watched.isEmpty { untick() }
        }

        /// Looks at every view now. Runs by itself ten times a second while anything is watched.
        public func look() {
            for (id, entry) in watched {
                guard let view = entry.view else {
                    entry.watched.gone()
                    watched[id] = nil
                    continue
                }
                let box = Box(view.convert(view.bounds, to: nil))
                entry.watched.shows(view.shownShare(of: box), of: box)
            }
            if watched.isEmpty { untick() }
        }

        private func tick() {
            guard ticks == nil else { return }
            let link = CADisplayLink(target: Ticks { [weak self] in self?.look() }, selector: #selector(Ticks.tick))
            // An impression's rule counts in whole tenths of a second: more looks would cost power and tell nothing.
            link.preferredFramesPerSecond = 10
            link.add(to: .main, forMode: .common)
            ticks = link
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

    /// A display link keeps its target alive: this one, and not the observer.
    @MainActor
    private final class Ticks: NSObject {
        private let look: @MainActor () -> Void

        init(_ look: @escaping @MainActor () -> Void) {
            self.look = look
        }

        @objc func tick() {
            look()
        }
    }

    extension UIView {
        /// The share of `box`, this view in its window, that shows through every superview that clips.
        fileprivate func shownShare(of box: Box) -> Double {
            guard let window, !window.isHidden else { return 0 }
            var clips = [Box(window.bounds)]
            var next: UIView? = self
            while let view = next {
                if view.isHidden || view.alpha < 0.01 { return 0 }
                if view !== self, view.clipsToBounds { clips.append(Box(view.convert(view.bounds, to: nil))) }
                next = view.superview
            }
            return box.share(shownThrough: clips)
        }
    }

    extension Box {
        fileprivate init(_ rect: CGRect) {
            self.init(x: rect.minX, y: rect.minY, width: rect.width, height: rect.height)
        }
    }
#endif
