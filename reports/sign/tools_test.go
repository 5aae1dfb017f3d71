package sign

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

// detached asks openssl about the CMS of one signature over the bytes that it covers.
func detached(t *testing.T, pdf []byte, field string) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Log("NOT ASKED: openssl is not installed here")
		return
	}
	f, err := readWhole(pdf)
	require.NoError(t, err)
	d := f.resolve(fieldNamed(f, field).widget.get("V"), f.last())
	r := d.get("ByteRange").items
	before, after, err := f.signedRanges(d, int(r[2].number+r[3].number))
	require.NoError(t, err)
	der, err := f.contents(d.get("Contents"))
	require.NoError(t, err)
	content, cms := filepath.Join(t.TempDir(), "content"), filepath.Join(t.TempDir(), "cms")
	require.NoError(t, os.WriteFile(content, slices.Concat(before, after), 0o600))
	require.NoError(t, os.WriteFile(cms, der, 0o600))
	read, err := checkCMS(der, f.digest(before, after))
	require.NoError(t, err)
	signer := filepath.Join(t.TempDir(), "signer.pem")
	require.NoError(t, os.WriteFile(signer, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: read.chain[0].Raw}), 0o600))
	out, err := exec.Command("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-content", content,
		"-CAfile", signer, "-partial_chain", "-purpose", "any", "-attime", strconv.FormatInt(now.Unix(), 10), "-out", os.DevNull).CombinedOutput()
	require.NoErrorf(t, err, "openssl: %s", out)
	assert.Contains(t, string(out), "erification successful")
}

func TestOtherReadersAcceptOneAndTwoSignatures(t *testing.T) {
	for _, name := range []string{"pdfsig", "qpdf", "mutool", "openssl"} {
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
	both := eva.sign(t, one, officer)
	independent(t, both, 2)
	detached(t, both, assessor)
	detached(t, both, officer)
}
