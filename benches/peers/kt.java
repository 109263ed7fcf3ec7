// Java's side of run.sh: what its own libraries (javax.crypto, java.util.Base64, GB2312) need to seal and open the messages in a directory.
// `java kt.java DIR`
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.Callable;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

class Kt {
    static final Charset GB2312 = Charset.forName("GB2312");
    static final SecretKeySpec KEY = new SecretKeySpec("693207DB8148FBC9D8410179".getBytes(StandardCharsets.US_ASCII), "DESede");
    static final IvParameterSpec DATE = new IvParameterSpec("20190225".getBytes(StandardCharsets.US_ASCII));
    static Object sink;

    public static void main(String[] arguments) throws Exception {
        // Kept, though many programs make one for each message: in Java's favour.
        Cipher cipher = Cipher.getInstance("DESede/CBC/PKCS5Padding");
        for (int length : new int[] {512, 4096, 65536}) {
            String text = Files.readString(Path.of(arguments[0], length + ".json"));
            String sealed = Files.readString(Path.of(arguments[0], length + ".sealed"));
            Callable<String> seal = () -> {
                cipher.init(Cipher.ENCRYPT_MODE, KEY, DATE);
                return Base64.getEncoder().encodeToString(cipher.doFinal(text.getBytes(GB2312)));
            };
            Callable<String> open = () -> {
                cipher.init(Cipher.DECRYPT_MODE, KEY, DATE);
                return new String(cipher.doFinal(Base64.getDecoder().decode(sealed)), GB2312);
            };
            if (!seal.call().equals(sealed) || !open.call().equals(text)) {
                throw new IllegalStateException("Java and kt-proto disagree at " + length + " bytes");
            }
            System.out.println("seal " + length + " " + best(seal));
            System.out.println("open " + length + " " + best(open));
        }
    }

    // The best of many rounds of ten milliseconds, after two seconds for the compiler.
    static long best(Callable<String> work) throws Exception {
        for (long end = System.nanoTime() + 2_000_000_000L; System.nanoTime() < end; ) {
            sink = work.call();
        }
        long start = System.nanoTime();
        sink = work.call();
        int times = (int) Math.max(1, 10_000_000L / Math.max(1, System.nanoTime() - start));
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 50; round++) {
            start = System.nanoTime();
            for (int time = 0; time < times; time++) {
                sink = work.call();
            }
            best = Math.min(best, (System.nanoTime() - start) / times);
        }
        return best;
    }
}
