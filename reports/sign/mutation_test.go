package sign

import (
	"bytes"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/x509"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// twiceSigned is a file with two signatures and the spans of their Contents.
func twiceSigned(t testing.TB) (pdf []byte, gaps []object, who []person) {
	t.Helper()
	who = []person{newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")}
	pdf = who[1].sign(t, who[0].sign(t, prepared(t, 1), assessor), officer)
	f, err := readWhole(pdf)
	require.NoError(t, err)
	for _, name := range []string{assessor, officer} {
		gaps = append(gaps, f.resolve(fieldNamed(f, name).widget.get("V"), f.last()).get("Contents"))
	}
	return pdf, gaps, who
}

func within(gaps []object, at int) bool {
	for _, g := range gaps {
		if at > g.start && at < g.end-1 {
			return true
		}
	}
	return false
}

func holds(t testing.TB, pdf []byte, who []person) bool {
	t.Helper()
	v, err := Verify(pdf, VerifyOptions{Now: now.Add(time.Hour), Roots: certificates(who)})
	return err == nil && v.Status >= IntactUnidentified
}

func certificates(who []person) (roots []*x509.Certificate) {
	for _, p := range who {
		roots = append(roots, p.root)
	}
	return roots
}

func TestNoByteOutsideContentsCanBeChanged(t *testing.T) {
	pdf, gaps, who := twiceSigned(t)
	require.True(t, holds(t, pdf, who))
	random := rand.New(rand.NewPCG(7, 2026))
	tried := 0
	for at := range pdf {
		// Everywhere in the second half of the last revision's structure, elsewhere a sample.
		if within(gaps, at) || (at < len(pdf)-1500 && random.IntN(4) != 0) {
			continue
		}
		b := bytes.Clone(pdf)
		if b[at] ^= 1 << random.IntN(8); random.IntN(3) == 0 {
			b[at] = byte(random.IntN(256))
		}
		if b[at] == pdf[at] {
			continue
		}
		tried++
		if holds(t, b, who) {
			assert.Failf(t, "a changed file holds", "byte %d: %q became %q", at, pdf[at], b[at])
		}
	}
	assert.Greater(t, tried, 2000)
}

func TestBytesInsideContentsChangeNothingButTheirCase(t *testing.T) {
	pdf, gaps, who := twiceSigned(t)
	random := rand.New(rand.NewPCG(8, 2026))
	for _, g := range gaps {
		used := len(bytes.TrimRight(pdf[g.start+1:g.end-1], "0"))
		for i := range 2500 {
			at := g.start + 1 + i%used
			if i >= 2*used {
				at = g.start + 1 + random.IntN(g.end-g.start-2)
			}
			b := bytes.Clone(pdf)
			b[at] = byte(random.IntN(256))
			if random.IntN(2) == 0 {
				b[at] = "0123456789abcdefABCDEF"[random.IntN(22)]
			}
			if bytes.Equal(b, pdf) {
				continue
			}
			if i := unhex(b[at]); i >= 0 && i == unhex(pdf[at]) && g.start == gaps[1].start { // the second signature covers the first's digits
				assert.True(t, holds(t, b, who), "the case of a digit has no meaning")
				continue
			}
			if holds(t, b, who) {
				assert.Failf(t, "a changed signature holds", "byte %d: %q became %q", at, pdf[at], b[at])
			}
		}
	}
}

func TestEveryBitOfACMSCounts(t *testing.T) {
	content := []byte("what is signed")
	key, rootKey := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256())
	root := issue(t, rootKey, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign }, nil, nil)
	leaf := issue(t, key, nil, root, rootKey)
	der, err := buildCMS(crand.Reader, key, []*x509.Certificate{leaf, root}, nil, content)
	require.NoError(t, err)
	padded := append(der, make([]byte, 40)...)
	_, err = checkCMS(padded, over(content))
	require.NoError(t, err)
	for at := range padded {
		for bit := range 8 {
			padded[at] ^= 1 << bit
			if _, err := checkCMS(padded, over(content)); err == nil {
				assert.Failf(t, "a changed CMS holds", "byte %d of %d, bit %d", at, len(der), bit)
			}
			padded[at] ^= 1 << bit
		}
	}
	for at := range len(der) {
		_, err := checkCMS(der[:at], over(content))
		assert.Error(t, err)
	}
}

func TestPiecesCutOutOrPutInNeverHold(t *testing.T) {
	pdf, gaps, who := twiceSigned(t)
	random := rand.New(rand.NewPCG(9, 2026))
	f, err := readWhole(pdf)
	require.NoError(t, err)
	ends := map[int]bool{}
	for _, r := range f.revisions {
		ends[r.end] = true
	}
	for range 1500 {
		at, n := random.IntN(len(pdf)), 1+random.IntN(40)
		end := min(at+n, len(pdf))
		var b []byte
		switch random.IntN(3) {
		case 0:
			if end == len(pdf) && ends[at] {
				continue // an honest cut
			}
			b = append(bytes.Clone(pdf[:at]), pdf[end:]...)
		case 1:
			b = append(append(bytes.Clone(pdf[:at]), pdf[at:end]...), pdf[at:]...)
		default:
			from := random.IntN(len(pdf) - n)
			b = bytes.Clone(pdf)
			copy(b[at:end], pdf[from:from+n])
		}
		if bytes.Equal(b, pdf) || (len(b) == len(pdf) && within(gaps, at) && within(gaps, end-1)) {
			continue // inside Contents: the other test's concern
		}
		if holds(t, b, who) {
			assert.Failf(t, "a changed file holds", "at %d, %d bytes", at, n)
		}
	}
}

// FuzzVerify changes signed files at will. None may be believed unless its signed bytes are
// those that were signed, and none may bring the verifier down.
func FuzzVerify(f *testing.F) {
	pdf, gaps, who := twiceSigned(f)
	f.Add(0, []byte("%PDF-1.7\n"), 0)
	f.Add(len(pdf), []byte("\n"), 0)
	f.Add(len(pdf), increment(f, pdf, func(u *update, _ *file) { u.put(u.reserve(), stamp) })[len(pdf):], 0)
	f.Add(gaps[0].start+1, []byte("30"), 2)
	f.Add(gaps[1].start+1, []byte("3080"), 4)
	f.Add(40, []byte("/Type /ObjStm"), 13)
	f.Fuzz(func(t *testing.T, at int, text []byte, cut int) {
		if at < 0 || at > len(pdf) || cut < 0 || cut > len(pdf)-at {
			return
		}
		b := append(append(bytes.Clone(pdf[:at]), text...), pdf[at+cut:]...)
		v, err := Verify(b, VerifyOptions{Now: now.Add(time.Hour), Roots: certificates(who)})
		if err != nil || v.Status < IntactUnidentified {
			if err == nil && len(v.Lines()) == 0 {
				t.Error("nothing is said about a file")
			}
			return
		}
		read, err := readWhole(pdf)
		require.NoError(t, err)
		for _, r := range read.revisions[2:] { // an honest cut, or the whole
			if len(b) == r.end && bytes.Equal(blank(b, gaps), blank(pdf[:r.end], gaps)) {
				return
			}
		}
		t.Errorf("a changed file is believed: %d bytes at %d for %d", len(text), at, cut)
	})
}

// blank is a file with zeros for the Contents of its signatures.
func blank(pdf []byte, gaps []object) []byte {
	b := bytes.Clone(pdf)
	for _, g := range gaps {
		if g.end <= len(b) {
			clear(b[g.start+1 : g.end-1])
		}
	}
	return b
}

func TestNothingStandsBehindADetachedSignature(t *testing.T) {
	ada, content := newPerson(t, "Ada Auditor"), []byte("a list of digests")
	der, err := Detach(crand.Reader, ada.options.Signer, ada.options.Chain, content)
	require.NoError(t, err)
	o := VerifyOptions{Now: now, Roots: []*x509.Certificate{ada.root}}
	assert.True(t, Detached{CMS: der, Claimed: now}.Verify(content, o).Trusted)
	for name, behind := range map[string][]byte{"zeros": make([]byte, 8), "a byte": {1}, "the same again": der, "more than a signature ever has": make([]byte, reserved)} {
		s := Detached{CMS: append(bytes.Clone(der), behind...), Claimed: now}.Verify(content, o)
		assert.False(t, s.Intact || s.Trusted, name)
		assert.Regexp(t, "behind the signature|too long", s.Fault, name)
		assert.Equal(t, len(behind) >= reserved, strings.Contains(s.Fault, "too long"), name)
	}
}
