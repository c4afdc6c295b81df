package io.tenantry

import java.io.File

/** Another process that runs the `main` of a file of these tests, on the same class path. */
fun jvm(
    main: String,
    vararg arguments: String,
    options: List<String> = emptyList(),
): Process {
    val java = File(System.getProperty("java.home"), "bin/java").path
    val command = listOf(java, "-cp", System.getProperty("java.class.path")) + options + "io.tenantry.$main" + arguments
    return ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
}
