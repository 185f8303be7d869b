// A screen in UIKit: cells are handed to an observer as they come, and taken back as they go.

import Eyeline
import SwiftUI
import UIKit

final class ShelfController: UITableViewController {
    private let client: Client
    private let observer: ViewObserver

    init(_ client: Client) {
        self.client = client
        observer = ViewObserver(client)
        super.init(style: .plain)
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) {
        fatalError("made in code alone")
    }

    override func viewDidLoad() {
        super.viewDidLoad()
        tableView.register(UITableViewCell.self, forCellReuseIdentifier: "article")
    }

    override func viewDidAppear(_ animated: Bool) {
        super.viewDidAppear(animated)
        client.page(Page(path: "/shelf"))
    }

    override func tableView(_ tableView: UITableView, numberOfRowsInSection section: Int) -> Int {
        Article.all.count
    }

    override func tableView(_ tableView: UITableView, cellForRowAt indexPath: IndexPath) -> UITableViewCell {
        let cell = tableView.dequeueReusableCell(withIdentifier: "article", for: indexPath)
        var text = cell.defaultContentConfiguration()
        text.text = Article.all[indexPath.row].title
        cell.contentConfiguration = text
        return cell
    }

    override func tableView(_ tableView: UITableView, willDisplay cell: UITableViewCell, forRowAt indexPath: IndexPath) {
        observer.measure(cell, as: Article.all[indexPath.row].content(in: "shelf", at: indexPath.row))
    }

    override func tableView(
        _ tableView: UITableView, didEndDisplaying cell: UITableViewCell, forRowAt indexPath: IndexPath
    ) {
        observer.stop(cell)
    }

    override func tableView(_ tableView: UITableView, didSelectRowAt indexPath: IndexPath) {
        if let cell = tableView.cellForRow(at: indexPath) { observer.tapped(cell) }
    }
}

/// The screen as SwiftUI shows it.
struct Shelf: UIViewControllerRepresentable {
    let client: Client

    func makeUIViewController(context: Context) -> ShelfController {
        ShelfController(client)
    }

    func updateUIViewController(_ controller: ShelfController, context: Context) {}
}
