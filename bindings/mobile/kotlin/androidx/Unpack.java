// Unpacks Google's AARs, which Maven can't read: their classes, and the R classes that Android's build tools would make.
// `java Unpack.java AARS CLASSES`

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import javax.tools.ToolProvider;

class Unpack {
    /** By type and name: what two libraries call the same is the same resource, as where an app is built. */
    private static final Map<String, Integer> IDS = new HashMap<>();
    private static final Pattern PACKAGE = Pattern.compile("package=\"([^\"]+)\"");

    public static void main(String[] words) throws IOException {
        Path classes = Files.createDirectories(Path.of(words[1]));
        List<String> compile = new ArrayList<>(List.of("-nowarn", "-proc:none", "-d", classes.toString()));
        try (var aars = Files.newDirectoryStream(Path.of(words[0]), "*.aar")) {
            for (Path aar : aars) compile.addAll(unpack(aar, classes));
        }
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, compile.toArray(String[]::new)) != 0) {
            throw new IOException("the R classes do not compile");
        }
    }

    /** Gives the source files it made. */
    private static List<String> unpack(Path aar, Path classes) throws IOException {
        try (ZipFile zip = new ZipFile(aar.toFile())) {
            ZipEntry code = zip.getEntry("classes.jar");
            if (code != null) inflate(zip.getInputStream(code), classes);
            var names = PACKAGE.matcher(text(zip, "AndroidManifest.xml"));
            String resources = text(zip, "R.txt");
            if (!names.find() || resources.isBlank()) return List.of();
            Path source = Path.of(aar + "-R", "R.java");
            Files.createDirectories(source.getParent());
            Files.writeString(source, "package " + names.group(1) + ";\npublic final class R {\n" + fields(resources) + "}\n");
            return List.of(source.toString());
        }
    }

    private static void inflate(InputStream stream, Path into) throws IOException {
        try (ZipInputStream jar = new ZipInputStream(stream)) {
            for (ZipEntry entry; (entry = jar.getNextEntry()) != null; ) {
                if (entry.isDirectory()) continue;
                Path file = into.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, jar.readAllBytes());
            }
        }
    }

    private static String text(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        return entry == null ? "" : new String(zip.getInputStream(entry).readAllBytes());
    }

    /** Lines are `int id name 0x0`, and of styles `int[] styleable name { 0x0, … }` with `int styleable name_field 0`. */
    private static String fields(String resources) {
        Map<String, StringBuilder> byType = new TreeMap<>();
        for (String line : resources.lines().toList()) {
            String[] words = line.split(" ", 4);
            boolean isPlace = words[0].equals("int") && words[1].equals("styleable");
            String value = words[0].equals("int[]") || isPlace ? words[3] : id(words[1] + " " + words[2]);
            byType.computeIfAbsent(words[1], type -> new StringBuilder())
                .append("    public static final " + words[0] + " " + words[2].replace('.', '_') + " = " + value + ";\n");
        }
        StringBuilder all = new StringBuilder();
        byType.forEach((type, fields) -> all.append("  public static final class " + type + " {\n" + fields + "  }\n"));
        return all.toString();
    }

    private static String id(String name) {
        return "0x" + Integer.toHexString(0x7f000000 + IDS.computeIfAbsent(name, unused -> IDS.size() + 1));
    }
}
