import java.io.File;
import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.parser.PreflightParser;

/** Says of each file in a line whether it is PDF/A-1b, and if not, why. */
class Preflight {
  public static void main(String[] args) throws Exception {
    for (String name : args) {
      PreflightParser parser = new PreflightParser(new File(name));
      parser.parse();
      try (PreflightDocument document = parser.getPreflightDocument()) {
        document.validate();
        ValidationResult result = document.getResult();
        StringBuilder said = new StringBuilder(result.isValid() ? "valid" : "not valid:");
        for (ValidationResult.ValidationError e : result.getErrorsList()) {
          said.append(' ').append(e.getErrorCode()).append(' ').append(e.getDetails()).append(';');
        }
        System.out.println(said);
      }
    }
  }
}
