package sign

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// independent asks other programs, where they are installed, what they think of a signed file.
func independent(t *testing.T, pdf []byte, signatures int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "signed.pdf")
	require.NoError(t, os.WriteFile(path, pdf, 0o600))
	run := func(name string, arguments ...string) (string, bool) {
		if _, err := exec.LookPath(name); err != nil {
			t.Logf("NOT ASKED: %s is not installed here", name)
			return "", false
		}
		out, err := exec.Command(name, arguments...).CombinedOutput()
		assert.NoErrorf(t, err, "%s: %s", name, out)
		return string(out), true
	}
	if out, ok := run("pdfsig", "-nocert", path); ok {
		assert.Lenf(t, regexp.MustCompile(`Signature is Valid`).FindAllString(out, -1), signatures, "pdfsig: %s", out)
		assert.Contains(t, out, "ETSI.CAdES.detached")
	}
	run("qpdf", "--check", path)
	if out, ok := run("mutool", "sign", "-v", path); ok {
		assert.NotRegexp(t, `(?m)invalidated|^error|^warning`, out)
		assert.Lenf(t, regexp.MustCompile(`unchanged since signing|signature is valid`).FindAllString(out, -1), signatures, "mutool: %s", out)
	}
}

func TestOtherReadersAcceptOneAndTwoSignatures(t *testing.T) {
	for _, name := range []string{"pdfsig", "qpdf", "mutool"} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(name); err != nil {
				t.Skipf("%s is not installed here: its opinion is not asked", name)
			}
		})
	}
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	pdf := prepared(t, 3)
	one := ada.sign(t, pdf, assessor)
	independent(t, one, 1)
	independent(t, eva.sign(t, one, officer), 2)
}
