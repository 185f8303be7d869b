// SwiftUI: `.measured(as:by:)` on any view. A view of UIKit behind it sees what clips it, which SwiftUI does not tell.
// Compiled and run against a model of SwiftUI (Tests/OnModels), never against Apple's SDK.

#if canImport(SwiftUI) && canImport(UIKit) && !os(watchOS)
    import SwiftUI
    import UIKit

    extension View {
        /// Measures this view as `content`. Taps are counted too; they still reach the view.
        public func measured(as content: Eyeline.Content, by client: Client) -> some View {
            modifier(Measured(content: content, client: client))
        }
    }

    private struct Measured: ViewModifier {
        let content: Eyeline.Content
        let client: Client
        @State private var taps = Taps()

        func body(content view: Self.Content) -> some View {
            view
                .background(Probe(content: content, client: client, taps: taps))
                .simultaneousGesture(TapGesture().onEnded { taps.tap() })
        }
    }

    /// Carries a tap from the gesture to the probe that was made for the same view.
    @MainActor
    private final class Taps {
        var tap: () -> Void = {}
    }

    /// An empty view just as large as the one that is measured.
    private struct Probe: UIViewRepresentable {
        let content: Eyeline.Content
        let client: Client
        let taps: Taps

        func makeCoordinator() -> ViewObserver {
            .shared(by: client)
        }

        func makeUIView(context: Context) -> UIView {
            let view = UIView()
            view.isUserInteractionEnabled = false
            return view
        }

        func updateUIView(_ view: UIView, context: Context) {
            let observer = context.coordinator
            taps.tap = { [weak observer, weak view] in
                if let view { observer?.tapped(view) }
            }
            observer.measure(view, as: content)
        }

        static func dismantleUIView(_ view: UIView, coordinator: ViewObserver) {
            coordinator.stop(view)
        }
    }

    extension ViewObserver {
        /// The observer of all a client's views in SwiftUI, for as long as one of them is there: one look for a whole feed.
        static func shared(by client: Client) -> ViewObserver {
            ofClients = ofClients.filter { $0.value.observer != nil }
            let id = ObjectIdentifier(client)
            if let known = ofClients[id]?.observer { return known }
            let observer = ViewObserver(client)
            ofClients[id] = Shared(observer: observer)
            return observer
        }

        private static var ofClients: [ObjectIdentifier: Shared] = [:]

        private struct Shared {
            weak var observer: ViewObserver?
        }
    }
#endif
