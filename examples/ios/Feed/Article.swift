// What the app shows.

import Eyeline

struct Article: Identifiable {
    let id: String
    let title: String

    /// How it is told to Eyeline: which content, where, at which position.
    func content(in placement: String, at position: Int) -> Content {
        Content(content: id, placement: placement, position: UInt32(position))
    }

    static let all = (1...40).map { Article(id: "article-\($0)", title: "Article \($0)") }
}
