// Puts the model's views on a model's window: makes, updates and dismantles what UIKit lends, and taps.

/// A screen that shows one SwiftUI view. It keeps what it has made where the next view is of the same type, as SwiftUI does.
@MainActor
public final class Screen<Content: View> {
    private var parts: [any Part] = []
    private let onto: UIView

    public init(onto: UIView) {
        self.onto = onto
    }

    public func show(_ content: Content) {
        let staging = Staging(onto: onto, parts: parts)
        staging.put(content)
        parts = staging.parts
        taps = staging.taps
    }

    public func leave() {
        parts.forEach { $0.dismantle() }
        parts = []
    }

    public private(set) var taps: [() -> Void] = []

    public func tap() {
        taps.forEach { $0() }
    }
}

@MainActor
final class Staging {
    let onto: UIView
    private(set) var parts: [any Part]
    var taps: [() -> Void] = []
    private var at = 0

    init(onto: UIView, parts: [any Part]) {
        self.onto = onto
        self.parts = parts
    }

    func put(_ view: some View) {
        if let view = view as? any Composed {
            view.put(on: self)
        } else if let view = view as? any UIViewRepresentable {
            lend(view)
        } else {
            put(view.body)
        }
    }

    private func lend<Lent: UIViewRepresentable>(_ lent: Lent) {
        if at == parts.count { parts.append(Made(lent, onto: onto)) }
        (parts[at] as? Made<Lent>)?.update(lent)
        at += 1
    }
}

/// What is made of other views.
@MainActor
protocol Composed {
    func put(on stage: Staging)
}

@MainActor
protocol Part {
    func dismantle()
}

@MainActor
final class Made<Lent: UIViewRepresentable>: Part {
    private let context: UIViewRepresentableContext<Lent>
    private let view: Lent.UIViewType

    init(_ lent: Lent, onto: UIView) {
        context = UIViewRepresentableContext(coordinator: lent.makeCoordinator())
        view = lent.makeUIView(context: context)
        view.frame = onto.bounds
        view.bounds = onto.bounds
        onto.addSubview(view)
    }

    func update(_ lent: Lent) {
        lent.updateUIView(view, context: context)
    }

    func dismantle() {
        view.removeFromSuperview()
        Lent.dismantleUIView(view, coordinator: context.coordinator)
    }
}

public struct Both<First: View, Second: View>: View, Composed {
    let first: First
    let second: Second

    public var body: Never { fatalError("it is composed") }

    func put(on stage: Staging) {
        stage.put(first)
        stage.put(second)
    }
}

public struct ModifiedContent<Content, Modifier> {
    let content: Content
    let modifier: Modifier
}

extension ModifiedContent: View, Composed where Content: View, Modifier: ViewModifier {
    public var body: Never { fatalError("it is composed") }

    func put(on stage: Staging) {
        stage.put(modifier.body(content: _ViewModifier_Content { $0.put(content) }))
    }
}

public struct _ViewModifier_Content<Modifier: ViewModifier>: View, Composed {
    let show: (Staging) -> Void

    public var body: Never { fatalError("it is composed") }

    func put(on stage: Staging) {
        show(stage)
    }
}

struct Touched<Content: View, Of: Gesture>: View, Composed {
    let content: Content
    let gesture: Of

    var body: Never { fatalError("it is composed") }

    func put(on stage: Staging) {
        if let tap = gesture as? _EndedGesture<TapGesture> { stage.taps.append { tap.action(()) } }
        stage.put(content)
    }
}

public struct Text: View, Composed {
    public init(_ text: String) {}
    public var body: Never { fatalError("it is a text") }
    func put(on stage: Staging) {}
}
