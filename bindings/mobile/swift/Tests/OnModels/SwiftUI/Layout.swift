// Declarations of SwiftUI's containers and controls, for the example to be compiled against. They show nothing.

/// What holds other views, or is one that nobody mounts.
@MainActor @preconcurrency
public protocol Shown: View where Body == Never {}

extension Shown {
    public var body: Never { fatalError("the model lays nothing out") }
}

public struct VStack<Content: View>: Shown {
    public init(@ViewBuilder content: () -> Content) {}
}

public struct LazyVStack<Content: View>: Shown {
    public init(@ViewBuilder content: () -> Content) {}
}

public struct ScrollView<Content: View>: Shown {
    public init(@ViewBuilder content: () -> Content) {}
}

public struct TabView<Content: View>: Shown {
    public init(@ViewBuilder content: () -> Content) {}
}

public struct ProgressView: Shown {
    public init() {}
}

public struct Button: Shown {
    public init(_ title: String, action: @escaping @MainActor () -> Void) {}
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: Shown {
    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content) {}
}

extension Optional: View where Wrapped: View {
    public var body: Never { fatalError("the model lays nothing out") }
}

public enum Either<First: View, Second: View>: Shown {
    case first(First)
    case second(Second)
}

extension ViewBuilder {
    public static func buildBlock<First: View, Second: View, Third: View>(
        _ first: First, _ second: Second, _ third: Third
    ) -> Both<First, Both<Second, Third>> {
        Both(first: first, second: Both(first: second, second: third))
    }

    public static func buildBlock<First: View, Second: View, Third: View, Fourth: View>(
        _ first: First, _ second: Second, _ third: Third, _ fourth: Fourth
    ) -> Both<Both<First, Second>, Both<Third, Fourth>> {
        Both(first: Both(first: first, second: second), second: Both(first: third, second: fourth))
    }

    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
    public static func buildEither<First: View, Second: View>(first: First) -> Either<First, Second> { .first(first) }
    public static func buildEither<First: View, Second: View>(second: Second) -> Either<First, Second> { .second(second) }
}

extension View {
    public func frame(minWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil) -> some View { self }
    public func tabItem<Label: View>(@ViewBuilder _ label: () -> Label) -> some View { self }
    public func onAppear(perform action: (() -> Void)? = nil) -> some View { self }
    public func task(_ action: @escaping @Sendable @MainActor () async -> Void) -> some View { self }
}
