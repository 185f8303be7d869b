// The app: starts Eyeline, follows the app's coming and going, and asks for consent.

import Eyeline
import SwiftUI

@main
struct FeedApp: App {
    @State private var measuring: Measuring?

    var body: some Scene {
        WindowGroup {
            VStack {
                if let measuring {
                    Tabs(measuring: measuring)
                } else {
                    ProgressView()
                }
            }
            .task {
                if measuring == nil { measuring = try? await Measuring.start() }
            }
        }
    }
}

/// Eyeline, for as long as the app runs.
@MainActor
struct Measuring {
    let client: Client
    private let follower: AppFollower

    static func start() async throws -> Measuring {
        // Put in the key that `eyeline up` prints, on the Mac that the simulator runs on.
        var configuration = Configuration(endpoint: "http://127.0.0.1:8080", writeKey: "wk_…", affiliate: "my-site")
        // Nothing is stored or sent until the visitor has chosen; a choice of an earlier start stands.
        configuration.consent = .pending
        configuration.page = Page(path: "/feed")
        let client = try await Client.start(configuration)
        return Measuring(client: client, follower: client.followApp())
    }
}

struct Tabs: View {
    let measuring: Measuring

    var body: some View {
        TabView {
            FeedView(client: measuring.client)
                .tabItem { Text("Feed") }
            Shelf(client: measuring.client)
                .tabItem { Text("Shelf") }
        }
    }
}
