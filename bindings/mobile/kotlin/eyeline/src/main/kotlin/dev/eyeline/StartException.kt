// Why a client could not start, by what the app does about it.
package dev.eyeline

import dev.eyeline.generated.StartException as FfiStartException

/** Why a client could not start. The message says more. */
public sealed class StartException(message: String, cause: Throwable?) : Exception(message, cause) {
    /** A setting is not valid; the message names it. Change it. */
    public class Settings internal constructor(message: String, cause: Throwable) : StartException(message, cause)

    /** Another client holds the directory. Use that one, or shut it down first. */
    public class InUse internal constructor(message: String, cause: Throwable) : StartException(message, cause)

    /** The disk refused, or a newer release wrote the directory. Try again later, or go on in memory. */
    public class Storage internal constructor(message: String, cause: Throwable) : StartException(message, cause)

    /** The library could not be loaded or refused a thread: the package of this platform is missing, or the system is short. */
    public class System internal constructor(message: String, cause: Throwable) : StartException(message, cause)
}

internal fun Throwable.toStartException(): StartException {
    val words = message ?: toString()
    return when (this) {
        is FfiStartException.Settings -> StartException.Settings(words, this)
        is FfiStartException.InUse -> StartException.InUse(words, this)
        is FfiStartException.Storage -> StartException.Storage(words, this)
        else -> StartException.System(words, this)
    }
}
