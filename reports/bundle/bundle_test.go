package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	mathrand "math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports"
	"tickmark/reports/sign"
	"tickmark/reports/timestamp/authoritytest"
)

var today = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// shelf is a source in memory. A file that is huge has that many zeros.
type shelf struct {
	bodies map[engine.Digest][]byte
	huge   int64
}

func (s *shelf) Snapshot(context.Context, engine.Digest) (engine.Snapshot, error) {
	return engine.Snapshot{}, nil
}

func (s *shelf) Body(_ context.Context, digest engine.Digest) ([]byte, error) {
	body, there := s.bodies[digest]
	if !there {
		return nil, errors.New("no such body")
	}
	return body, nil
}

func (s *shelf) OpenEvidence(_ context.Context, digest engine.Digest) (io.ReadSeekCloser, error) {
	if s.huge > 0 {
		return zeros{io.NewSectionReader(zeroAt{}, 0, s.huge)}, nil
	}
	return zeros{io.NewSectionReader(bytes.NewReader(s.bodies[digest]), 0, int64(len(s.bodies[digest])))}, nil
}

type zeros struct{ *io.SectionReader }

func (zeros) Close() error { return nil }

type zeroAt struct{}

func (zeroAt) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}

func (s *shelf) put(body string) engine.Digest {
	digest := engine.Sum([]byte(body))
	s.bodies[digest] = []byte(body)
	return digest
}

// fixture is an assessment with a file, two results of one run, and items that may not leave.
func fixture(t *testing.T) (*shelf, Contents) {
	t.Helper()
	s := &shelf{bodies: map[engine.Digest][]byte{}}
	file := func(id questionnaires.ID, number int, title, name, text string) reports.Item {
		return reports.Item{Evidence: questionnaires.Evidence{
			ID: id, Number: number, Title: title, Collected: today, Requirements: []questionnaires.RequirementID{questionnaires.MustRequirementID("2.2.2")},
			File: &questionnaires.FileSource{Digest: s.put(text), Name: name, Size: int64(len(text))},
		}}
	}
	items := []reports.Item{file("f1", 1, "=1+1 <b>& 漢字", "Policy.MD", "Nobody."), file("f2", 2, "Cards", "cards.txt", "a card"), file("f3", 3, "Gone", "gone", "gone")}
	items[1].File.Search = &engine.Contents{Hits: []engine.Hit{{}}}
	items[2].Expunged = &questionnaires.Tombstone{Reason: "told to"}
	document := s.put(`{"kind":"Pod"}`)
	for i, check := range []string{"a.check", "b.check"} {
		r := engine.Result{Check: check, Target: "k8s:1", Details: []engine.Detail{{Cites: []engine.Digest{document}}}}
		body, err := engine.Canonical(r)
		require.NoError(t, err)
		digest := s.put(string(body))
		items = append(items, reports.Item{Evidence: questionnaires.Evidence{
			ID: questionnaires.ID(check), Number: 4 + i, Title: check, Collected: today,
			Result: &questionnaires.ResultSource{Check: check, Target: "k8s:1", Run: engine.Sum([]byte("run")), Digest: digest},
		}})
	}
	text, err := sign.NewCertificate(rand.Reader, "Mara Lindqvist", today)
	require.NoError(t, err)
	key, chain, err := sign.LoadKey(text)
	require.NoError(t, err)
	manifest, err := engine.Canonical(reports.Manifest{Evidence: []reports.ManifestItem{{Label: "Evidence-1", File: items[0].File}, {Label: "Evidence-2", File: items[1].File}}})
	require.NoError(t, err)
	return s, Contents{
		Dossier: reports.Dossier{Assessment: assessment(t), Items: items, Date: today}, Report: []byte("%PDF-1.7"), Manifest: manifest,
		Signer: key, Chain: chain, Random: rand.Reader,
	}
}

func assessment(t *testing.T) *questionnaires.Assessment {
	t.Helper()
	mara, err := questionnaires.NewSigner("Mara Lindqvist", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), engine.Digest{})
	require.NoError(t, err)
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	founding, err := questionnaires.NewVault("Copperline Outfitters", mara)
	require.NoError(t, err)
	first, body, err := questionnaires.SignEntry(mara, engine.Digest{}, nil, founding, today)
	require.NoError(t, err)
	draft, err := questionnaires.NewAssessment(catalogue, questionnaires.AssessmentDetails{ID: "a1", Questionnaire: "saq-d-merchant"})
	require.NoError(t, err)
	second, more, err := questionnaires.SignEntry(mara, first.ID, []engine.Digest{first.ID}, draft, today)
	require.NoError(t, err)
	payloads := map[engine.Digest][]byte{first.ID: body, second.ID: more}
	h, err := questionnaires.NewHistory([]questionnaires.Entry{first, second}, func(e questionnaires.Entry) ([]byte, error) { return payloads[e.ID], nil })
	require.NoError(t, err)
	a, err := h.Assessment(catalogue, "a1")
	require.NoError(t, err)
	return a
}

func packed(t *testing.T, s *shelf, c Contents) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := Write(t.Context(), &b, s, c)
	require.NoError(t, err)
	return b.Bytes()
}

func verified(t *testing.T, text []byte, c Contents) *Verification {
	t.Helper()
	v, err := Verify(t.Context(), bytes.NewReader(text), int64(len(text)), func([]byte) (time.Time, sign.VerifyOptions, error) {
		return today, sign.VerifyOptions{Roots: c.Chain, Now: today}, nil
	})
	require.NoError(t, err)
	return v
}

func TestABundleHoldsWhatMayLeave(t *testing.T) {
	s, c := fixture(t)
	var b bytes.Buffer
	written, err := Write(t.Context(), &b, s, c)
	require.NoError(t, err)
	assert.Equal(t, 3, written.Raw)
	assert.Len(t, written.LeftOut, 2)
	v := verified(t, b.Bytes(), c)
	assert.Equal(t, sign.IntactTrusted, v.Status, v.Problems)
	assert.Equal(t, written.Files-2, v.Files, "all but the list and its signature")
	assert.Equal(t, []string{"Evidence-2 is not in the package"}, v.Notes)
	for _, secret := range []string{"a card", "gone.txt"} {
		for _, f := range unzipped(t, b.Bytes()) {
			assert.NotContains(t, f, secret)
		}
	}
	files := unzipped(t, b.Bytes())
	assert.Equal(t, "Nobody.", files["evidence/2.2.2/Evidence-1-1-1-b.md"])
	assert.Contains(t, files["index.csv"], "'=1+1 <b>& 漢字", "no cell is a formula")
	assert.Contains(t, files["index.html"], "=1+1 &lt;b&gt;&amp; 漢字")
	assert.Contains(t, files["index.csv"], "it was expunged")
}

func TestTheSameDossierPacksTheSameBytes(t *testing.T) {
	s, c := fixture(t)
	c.Signer = nil
	one := packed(t, s, c)
	t.Setenv("TZ", "Asia/Kolkata")
	assert.True(t, bytes.Equal(one, packed(t, s, c)))
	assert.Equal(t, sign.Unsigned, verified(t, one, c).Status)
}

// Whatever byte is changed, the package does not hold or is none, unless every file in it
// is the same: the last bits of a packed file say nothing.
func TestNoByteOfABundleChangesUnnoticed(t *testing.T) {
	s, c := fixture(t)
	whole := packed(t, s, c)
	files := unzipped(t, whole)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	for range 400 {
		at, bit := random.IntN(len(whole)), byte(1)<<random.IntN(8)
		changed := bytes.Clone(whole)
		changed[at] ^= bit
		v, err := Verify(t.Context(), bytes.NewReader(changed), int64(len(changed)), func([]byte) (time.Time, sign.VerifyOptions, error) {
			return today, sign.VerifyOptions{Roots: c.Chain, Now: today}, nil
		})
		if err == nil && v.Status != sign.Broken && !maps.Equal(unzipped(t, changed), files) {
			t.Fatalf("byte %d with bit %d changed: %s", at, bit, v.Status)
		}
	}
}

func TestAListThatSomebodyElseMadeDoesNotHold(t *testing.T) {
	s, c := fixture(t)
	text := packed(t, s, c)
	_, other := fixture(t)
	assert.Equal(t, sign.IntactUnidentified, verified(t, text, other).Status)
}

// What stands behind the end of a packed file, where other programs do not look, is told.
func TestNothingHidesBehindAPackedFile(t *testing.T) {
	s, c := fixture(t)
	archive := packed(t, s, c)
	hidden := repacked(t, archive, func(name string) (string, bool) {
		if name == readmeName {
			return "more", true
		}
		return "", true
	})
	assert.Equal(t, unzipped(t, archive), unzipped(t, hidden))
	assert.Equal(t, sign.Broken, verified(t, hidden, c).Status)
}

// repacked is an archive as Write packs it, of the files that are to stay, each with what is to
// stand behind it.
func repacked(t *testing.T, archive []byte, file func(name string) (behind string, stays bool)) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range from.File {
		behind, stays := file(f.Name)
		if !stays {
			continue
		}
		h, err := rawHeader(f, from.File[0].Modified)
		require.NoError(t, err)
		h.CompressedSize64 += uint64(len(behind))
		to, err := w.CreateRaw(h)
		require.NoError(t, err)
		raw, err := f.OpenRaw()
		require.NoError(t, err)
		_, err = io.Copy(to, io.MultiReader(raw, strings.NewReader(behind)))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// Whichever file is taken away, the package does not hold any more: the stamp and the signature
// too, which no list names.
func TestNoFileOfABundleIsTakenAwayUnnoticed(t *testing.T) {
	s, c := fixture(t)
	a, err := authoritytest.New(today, authoritytest.Options{})
	require.NoError(t, err)
	c.Stamp, c.Now = a.Answer, today
	for _, stamped := range []bool{true, false} {
		if !stamped {
			c.Stamp = nil
		}
		whole := packed(t, s, c)
		kept := verified(t, repacked(t, whole, func(string) (string, bool) { return "", true }), c)
		require.Equal(t, sign.IntactTrusted, kept.Status, kept.Problems)
		for name := range unzipped(t, whole) {
			without := repacked(t, whole, func(other string) (string, bool) { return "", other != name })
			v, err := Verify(t.Context(), bytes.NewReader(without), int64(len(without)), func([]byte) (time.Time, sign.VerifyOptions, error) {
				return today, sign.VerifyOptions{Roots: c.Chain, Now: today}, nil
			})
			if name == sumsName {
				require.ErrorIs(t, err, ErrNotBundle)
				continue
			}
			require.NoError(t, err)
			if name == signatureName && !stamped {
				assert.Equal(t, sign.Unsigned, v.Status)
				continue
			}
			assert.Equal(t, sign.Broken, v.Status, name)
			assert.Contains(t, strings.Join(v.Problems, "\n"), name, "it is told which")
		}
	}
}

// A file of any size streams through: it is never held.
func TestALargeFileIsNotHeldInMemory(t *testing.T) {
	s, c := fixture(t)
	const size = 64 << 20
	s.huge = size
	h := digesting{io.Discard, sha256.New()}
	_, err := io.CopyN(h, zeros{io.NewSectionReader(zeroAt{}, 0, size)}, size)
	require.NoError(t, err)
	c.Dossier.Items = c.Dossier.Items[:1]
	c.Dossier.Items[0].File.Digest, c.Dossier.Items[0].File.Name = engine.Digest(h.sum.Sum(nil)), "disk.zip"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = Write(t.Context(), io.Discard, s, c)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20))
}

func TestAFileThatIsNotWhatTheHistorySaysIsNotPacked(t *testing.T) {
	s, c := fixture(t)
	s.bodies[c.Dossier.Items[0].File.Digest] = []byte("something else")
	_, err := Write(t.Context(), io.Discard, s, c)
	require.ErrorContains(t, err, "another content")
}

// full takes some bytes and no more.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

func TestAFullDiskIsSaid(t *testing.T) {
	s, c := fixture(t)
	size := len(packed(t, s, c))
	for left := 0; left < size-600; left += 500 {
		_, err := Write(t.Context(), &full{left}, s, c)
		require.ErrorContains(t, err, "no space left", left)
	}
}

func TestNamesAreUnpackedTheSameEverywhere(t *testing.T) {
	for title, want := range map[string]string{
		"../../etc/passwd": "evidence/no-requirement/Evidence-7-etc-passwd.bin", "a\x00b\nc": "evidence/no-requirement/Evidence-7-a-b-c.bin",
		"漢字": "evidence/no-requirement/Evidence-7.bin", strings.Repeat("x", 300): "evidence/no-requirement/Evidence-7-" + strings.Repeat("x", 60) + ".bin",
	} {
		got := nameOf(questionnaires.Evidence{Number: 7, Title: title, File: &questionnaires.FileSource{Name: "a/b"}}, nil)
		assert.Equal(t, want, got)
		assert.True(t, safe(got))
	}
	for _, name := range []string{"", "/a", "../a", "a/../b", "a//b", `a\b`, "c:a", ".."} {
		assert.False(t, safe(name), name)
	}
}

func FuzzSums(f *testing.F) {
	f.Add([]byte(strings.Repeat("ab", 32) + "  report.pdf\n"))
	f.Fuzz(func(t *testing.T, list []byte) {
		sums, err := parseSums(list)
		if err != nil {
			return
		}
		var again strings.Builder
		for _, name := range sortedNames(sums) {
			again.WriteString(sums[name].String() + "  " + name + "\n")
		}
		if again.String() != string(list) {
			t.Fatalf("%q is read as %q", list, again.String())
		}
	})
}

func unzipped(t *testing.T, text []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		require.NoError(t, err)
		body, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(body)
	}
	return files
}
