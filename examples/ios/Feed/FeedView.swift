// A feed in SwiftUI: every article is measured by one modifier.

import Eyeline
import SwiftUI

struct FeedView: View {
    let client: Client
    @State private var isAsking = true

    var body: some View {
        ScrollView {
            LazyVStack {
                if isAsking {
                    Question(client: client) { isAsking = false }
                }
                ForEach(Array(Article.all.enumerated()), id: \.element.id) { position, article in
                    Text(article.title)
                        .frame(maxWidth: .infinity, minHeight: 160)
                        .measured(as: article.content(in: "feed", at: position), by: client)
                }
            }
        }
        .onAppear {
            isAsking = client.consent == .pending
            client.page(Page(path: "/feed"))
        }
    }
}

/// Until it is answered nothing is stored or sent.
struct Question: View {
    let client: Client
    let answered: () -> Void

    var body: some View {
        VStack {
            Text("May we measure what you read here?")
            Button("Yes") { choose(.full) }
            Button("Only without telling you apart") { choose(.measureOnly) }
            Button("No") { choose(.denied) }
        }
    }

    private func choose(_ consent: Consent) {
        client.setConsent(consent)
        answered()
    }
}
