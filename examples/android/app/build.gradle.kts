// One activity with a list.
plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "com.example.feed"
    compileSdk = 35

    defaultConfig {
        applicationId = "com.example.feed"
        minSdk = 23
        targetSdk = 35
        versionCode = 1
        versionName = "1"
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    buildTypes {
        release {
            // Eyeline brings its own rules.
            isMinifyEnabled = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }
}

dependencies {
    implementation("dev.eyeline:eyeline-android:0.1.0")
    implementation("androidx.recyclerview:recyclerview:1.3.2")
}
