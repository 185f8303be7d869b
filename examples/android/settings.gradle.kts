// The build of the example: Google's repository for Android, Eyeline's from the folder that `cargo xtask aar` names.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
        maven { url = uri(providers.gradleProperty("eyeline.repository").get()) }
    }
}

rootProject.name = "feed"
include(":app")
