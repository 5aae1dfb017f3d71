import java.io.FileInputStream;
import java.util.TreeSet;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;

/** Says of each file in a line whether it is of a flavour, the first argument, and if not, which rules it breaks. */
class VeraPDF {
  public static void main(String[] args) throws Exception {
    LogManager.getLogManager().reset();
    VeraGreenfieldFoundryProvider.initialise();
    PDFAFlavour flavour = PDFAFlavour.fromString(args[0]);
    for (int i = 1; i < args.length; i++) {
      try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(args[i]), flavour)) {
        ValidationResult result = ValidatorFactory.createValidator(flavour, false, Integer.MAX_VALUE).validate(parser);
        TreeSet<String> broken = new TreeSet<>();
        for (TestAssertion a : result.getTestAssertions()) {
          if (a.getStatus() == TestAssertion.Status.FAILED) {
            broken.add(a.getRuleId().getClause() + "-" + a.getRuleId().getTestNumber() + " " + a.getLocation().getContext());
          }
        }
        System.out.println(result.isCompliant() ? "valid" : "not valid: " + String.join("; ", broken));
      }
    }
  }
}
