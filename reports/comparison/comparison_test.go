package comparison

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

var morning = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// person is somebody with a certificate; an author with a key for entries as well.
type person struct {
	key    *ecdsa.PrivateKey
	leaf   *x509.Certificate
	author *questionnaires.Signer
}

func newPerson(t *testing.T, name string, seed byte) person {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: morning.AddDate(0, 0, -1), NotAfter: morning.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	author, err := questionnaires.NewSigner(name, ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize)), engine.Sum(der))
	require.NoError(t, err)
	return person{key, leaf, author}
}

// desk is a vault in memory: Mara founded it, Jonas and Sigge write in it, Ida leads.
type desk struct {
	t                  *testing.T
	mara, jonas, sigge person
	catalogue          *questionnaires.Catalogue
	entries            []questionnaires.Entry
	payloads           map[engine.Digest][]byte
}

func (d *desk) History(context.Context) (*questionnaires.History, error) {
	return questionnaires.NewHistory(d.entries, func(e questionnaires.Entry) ([]byte, error) { return d.payloads[e.ID], nil })
}

func (d *desk) Snapshot(context.Context, engine.Digest) (engine.Snapshot, error) {
	return engine.Snapshot{}, fmt.Errorf("no snapshots here")
}

func (d *desk) Run(context.Context, engine.Digest) (engine.Run, error) {
	return engine.Run{}, fmt.Errorf("no runs here")
}

func (d *desk) Documents(context.Context) engine.Documents { return nil }

func (d *desk) history() *questionnaires.History {
	h, err := d.History(d.t.Context())
	require.NoError(d.t, err)
	return h
}

func (d *desk) write(by person, draft questionnaires.Draft) questionnaires.Entry {
	d.t.Helper()
	var vault engine.Digest
	var tips []engine.Digest
	if len(d.entries) > 0 {
		vault, tips = d.history().Vault(), d.history().Tips()
	}
	e, payload, err := questionnaires.SignEntry(by.author, vault, tips, draft, morning.Add(time.Duration(len(d.entries))*time.Minute))
	require.NoError(d.t, err)
	d.entries, d.payloads[e.ID] = append(slices.Clone(d.entries), e), payload
	return e
}

func (d *desk) must(by person) func(questionnaires.Draft, error) {
	return func(draft questionnaires.Draft, err error) {
		d.t.Helper()
		require.NoError(d.t, err)
		d.write(by, draft)
	}
}

func (d *desk) enrol(p person) {
	d.write(d.mara, questionnaires.Draft{Action: questionnaires.AuthorEnrolled, Subject: "author", Payload: p.author.Enrolment()})
}

func (d *desk) assessment(id questionnaires.ID) *questionnaires.Assessment {
	a, err := d.history().Assessment(d.catalogue, id)
	require.NoError(d.t, err)
	return a
}

func req(s string) questionnaires.RequirementID {
	id, err := questionnaires.ParseRequirementID(s)
	if err != nil {
		panic(err)
	}
	return id
}

func (d *desk) answer(by person, id questionnaires.ID, requirement string, r questionnaires.Response) {
	d.t.Helper()
	d.must(by)(d.assessment(id).Answer(questionnaires.Answer{Requirement: req(requirement), Response: r, Narrative: "Seen on " + fmt.Sprint(len(d.entries))}))
}

func (d *desk) attach(n int) {
	d.write(d.mara, questionnaires.Draft{Action: questionnaires.EvidenceAttached, Subject: "evidence", Payload: questionnaires.Evidence{
		ID: questionnaires.ID(fmt.Sprintf("%032x", n)), Number: n, Title: fmt.Sprint("Paper ", n), Collected: morning,
		File: &questionnaires.FileSource{Digest: engine.Sum([]byte{byte(n)}), Name: "paper.md"},
	}})
}

func (d *desk) led(by string) {
	d.must(d.mara)(d.assessment("a1").SetEngagement(questionnaires.Engagement{
		Assessors: []questionnaires.Assessor{{Name: by, Role: questionnaires.LeadAssessor, Company: "Holm Audit"}}, Start: "2026-03-01",
	}))
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	d := &desk{t: t, catalogue: catalogue, payloads: map[engine.Digest][]byte{}, mara: newPerson(t, "Mara Lindqvist", 1), jonas: newPerson(t, "Jonas Feld", 2), sigge: newPerson(t, "Sigge Ek", 3)}
	d.must(d.mara)(questionnaires.NewVault("Copperline Outfitters", d.mara.author))
	d.enrol(d.jonas)
	d.enrol(d.sigge)
	for _, id := range []questionnaires.ID{"a1", "a2"} {
		d.must(d.mara)(questionnaires.NewAssessment(catalogue, questionnaires.AssessmentDetails{ID: id, Questionnaire: "saq-a", Name: string(id)}))
	}
	d.attach(1)
	d.attach(2)
	d.answer(d.mara, "a1", "2.2.2", questionnaires.NotInPlace)
	d.answer(d.mara, "a1", "8.2.1", questionnaires.NotInPlace)
	d.answer(d.mara, "a1", "2.2.2", questionnaires.InPlace)
	d.answer(d.mara, "a2", "2.2.2", questionnaires.InPlace)
	d.led("Ida Holm")
	return d
}

// printed is a report of the first assessment whose manifest and blocks somebody changed,
// before it was signed.
func (d *desk) printed(kind reports.Kind, change func(*reports.Manifest), blocks func([]reports.Block) []reports.Block) []byte {
	d.t.Helper()
	dossier, err := reports.Load(d.t.Context(), d, d.catalogue, "a1", time.Time{})
	require.NoError(d.t, err)
	dossier.Kind = kind
	doc, err := reports.Compose(dossier)
	require.NoError(d.t, err)
	if change != nil {
		var m reports.Manifest
		require.NoError(d.t, json.Unmarshal(doc.Manifest, &m))
		change(&m)
		doc.Manifest, err = engine.Canonical(m)
		require.NoError(d.t, err)
	}
	if blocks != nil {
		doc.Blocks = blocks(doc.Blocks)
	}
	var b bytes.Buffer
	_, err = pdf.Write(d.t.Context(), &b, doc, pdf.Options{})
	require.NoError(d.t, err)
	return b.Bytes()
}

func (p person) sign(t *testing.T, text []byte, field string) []byte {
	t.Helper()
	text, err := sign.Sign(text, sign.Options{Signer: p.key, Chain: []*x509.Certificate{p.leaf}, Field: field, When: morning.Add(time.Hour), Rand: rand.Reader})
	require.NoError(t, err)
	return text
}

func (d *desk) compare(text []byte) *Comparison {
	d.t.Helper()
	v, err := sign.Verify(text, sign.VerifyOptions{Now: morning.Add(2 * time.Hour)})
	require.NoError(d.t, err)
	return Of(text, v, d.history(), d.catalogue)
}

// Each way in which a report that its preparer signed can say something else than the vault.
func TestWhatAReportSaysOtherwiseThanItsVault(t *testing.T) {
	answer := func(m *reports.Manifest, requirement string) *reports.ManifestAnswer {
		return &m.Answers[slices.IndexFunc(m.Answers, func(a reports.ManifestAnswer) bool { return a.Requirement == req(requirement) })]
	}
	given := func(d *desk, n int) engine.Digest { // the n-th answer that was given
		for _, e := range d.entries {
			if e.Action == questionnaires.AnswerGiven {
				if n == 0 {
					return e.ID
				}
				n--
			}
		}
		panic("not so many answers")
	}
	for name, one := range map[string]struct {
		change func(*desk, *reports.Manifest)
		differ []string
	}{
		"nothing":                       {func(*desk, *reports.Manifest) {}, nil},
		"an answer's response":          {func(_ *desk, m *reports.Manifest) { answer(m, "8.2.1").Response = questionnaires.InPlace }, []string{"the answer to 8.2.1 is In Place in the report, and Not in Place in the vault"}},
		"an answer that was taken back": {func(d *desk, m *reports.Manifest) { answer(m, "2.2.2").Entry = given(d, 0) }, []string{"the answer to 2.2.2 that the report has was not the one that counted"}},
		"an answer nobody gave":         {func(_ *desk, m *reports.Manifest) { answer(m, "2.2.2").Entry = engine.Sum(nil) }, []string{"the answer to 2.2.2 is not in the vault", "the answer to 2.2.2 that the report has was not the one that counted"}},
		"an answer to something else":   {func(d *desk, m *reports.Manifest) { answer(m, "2.2.2").Entry = given(d, 1) }, []string{"the answer to 2.2.2 is not in the vault", "the answer to 2.2.2 that the report has was not the one that counted"}},
		"another assessment's answer":   {func(d *desk, m *reports.Manifest) { answer(m, "2.2.2").Entry = given(d, 3) }, []string{"the answer to 2.2.2 is not in the vault", "the answer to 2.2.2 that the report has was not the one that counted"}},
		"an answer left out": {func(_ *desk, m *reports.Manifest) {
			m.Answers = slices.DeleteFunc(m.Answers, func(a reports.ManifestAnswer) bool { return a.Requirement == req("8.2.1") })
		}, []string{"the answer to 8.2.1, Not in Place, is not in the report"}},
		"an answer twice": {func(_ *desk, m *reports.Manifest) { m.Answers = append(m.Answers, *answer(m, "2.2.2")) }, []string{"the report has two answers to 2.2.2"}},
		"an answer more": {func(d *desk, m *reports.Manifest) {
			m.Answers = append(m.Answers, reports.ManifestAnswer{Requirement: req("2.2"), Response: questionnaires.InPlace, Entry: given(d, 0)})
		}, []string{"the answer to 2.2 is not in the vault", "the answer to 2.2 that the report has did not count"}},
		"a digest of evidence": {func(_ *desk, m *reports.Manifest) { m.Evidence[0].Digest = engine.Sum([]byte("other")) }, []string{"Evidence-1 is not in the vault as the report has it"}},
		"evidence nobody took in": {func(_ *desk, m *reports.Manifest) {
			m.Evidence = append(m.Evidence, reports.ManifestItem{ID: "x", Label: "Evidence-9"})
		}, []string{"Evidence-9 is not in the vault as the report has it"}},
		"evidence left out":         {func(_ *desk, m *reports.Manifest) { m.Evidence = m.Evidence[:1] }, []string{"Evidence-2 of the vault, Paper 2, is not in the report"}},
		"the head":                  {func(_ *desk, m *reports.Manifest) { m.Head = engine.Sum([]byte("no head")) }, []string{"was never one of this vault's assessment"}},
		"the assessment":            {func(_ *desk, m *reports.Manifest) { m.Assessment = "a2" }, []string{"the head ", "the answer to 2.2.2 is not in the vault", "the answer to 8.2.1 is not in the vault"}},
		"an assessment nobody made": {func(_ *desk, m *reports.Manifest) { m.Assessment = "a3" }, []string{"the head ", "the answer to 2.2.2 is not", "the answer to 8.2.1 is not"}},
		"the vault":                 {func(_ *desk, m *reports.Manifest) { m.Vault = engine.Sum([]byte("next door")) }, []string{"the report is of another vault"}},
		"the entity":                {func(_ *desk, m *reports.Manifest) { m.Entity = "Harbour Kiosk" }, []string{"the report is of Harbour Kiosk by form saq-a, the assessment of Copperline Outfitters by form saq-a"}},
		"the form":                  {func(_ *desk, m *reports.Manifest) { m.Questionnaire = "saq-b" }, []string{"by form saq-b, the assessment"}},
		"the kind":                  {func(_ *desk, m *reports.Manifest) { m.Kind = "poster" }, []string{"who should have signed cannot be told"}},
		"that it was issued":        {func(d *desk, m *reports.Manifest) { m.Version, m.Issued = 3, d.entries[0].ID }, []string{"version 3 was not issued in this vault as the report says"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			c := d.compare(d.mara.sign(t, d.printed(reports.Record, func(m *reports.Manifest) { one.change(d, m) }, nil), "preparer"))
			assert.Equal(t, len(one.differ) == 0, c.Matches)
			require.Len(t, c.Different, len(one.differ), "%s", c.Different)
			for i, said := range one.differ {
				assert.Contains(t, c.Different[i], said)
			}
			assert.Zero(t, c.After)
			assert.Empty(t, c.Notes)
		})
	}
}

// What becomes of the vault once a report was printed.
func TestWhatBecameOfTheVaultSince(t *testing.T) {
	stranger := newPerson(t, "Eve", 9)
	for name, one := range map[string]struct {
		then   func(*desk)
		after  int
		differ []string
		notes  []string
		moved  bool // the head is another one now
	}{
		"nothing":             {func(*desk) {}, 0, nil, nil, false},
		"another answer":      {func(d *desk) { d.answer(d.jonas, "a1", "8.2.1", questionnaires.InPlace) }, 1, nil, nil, true},
		"an answer next door": {func(d *desk) { d.answer(d.jonas, "a2", "8.2.1", questionnaires.InPlace) }, 0, nil, nil, false},
		"other leads":         {func(d *desk) { d.led("Eva Lund") }, 1, nil, nil, true},
		"a stranger's entry":  {func(d *desk) { d.answer(stranger, "a1", "8.2.1", questionnaires.InPlace) }, 1, nil, []string{"came after and is nobody's who was enrolled"}, true},
		"evidence was expunged": {func(d *desk) {
			d.must(d.jonas)(d.history().Expunge(d.history().Evidence()[0], "A card number stood on it"))
		}, 1, nil, []string{"Evidence-1 was expunged"}, true},
		"it was cut":              {func(d *desk) { d.entries = d.entries[:len(d.entries)-1] }, 0, []string{"was never one of this vault's assessment"}, nil, true},
		"it was cut by an answer": {func(d *desk) { d.entries = slices.Clone(d.entries[:9]) }, 0, []string{"was never one", "the answer to 2.2.2 is not in the vault"}, nil, true},
		"it was written anew": {func(d *desk) {
			d.entries = slices.Clone(d.entries[:len(d.entries)-1])
			d.answer(d.mara, "a1", "8.2.1", questionnaires.InPlace)
		}, 0, []string{"was never one of this vault's assessment"}, nil, true},
		"another copy was merged": {func(d *desk) {
			all := d.entries
			d.entries = slices.Clone(all[:len(all)-2])
			d.answer(d.jonas, "a1", "8.2.1", questionnaires.InPlace)
			d.entries = append(slices.Clone(all), d.entries[len(d.entries)-1])
		}, 1, nil, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			text := d.mara.sign(t, d.printed(reports.Record, nil, nil), "preparer")
			one.then(d)
			c := d.compare(text)
			assert.Equal(t, len(one.differ) == 0, c.Matches)
			require.Len(t, c.Different, len(one.differ), "%s", c.Different)
			for i, said := range one.differ {
				assert.Contains(t, c.Different[i], said)
			}
			require.Len(t, c.Notes, len(one.notes), "%s", c.Notes)
			for i, said := range one.notes {
				assert.Contains(t, c.Notes[i], said)
			}
			assert.Equal(t, one.after, c.After)
			assert.Equal(t, one.moved, c.Head != c.Now)
		})
	}
}

// An answer that a stranger wrote into the vault is no answer of the vault's on paper either.
func TestAStrangersAnswerIsTold(t *testing.T) {
	d := newDesk(t)
	d.answer(newPerson(t, "Eve", 9), "a1", "8.2.1", questionnaires.InPlace)
	c := d.compare(d.mara.sign(t, d.printed(reports.Record, nil, nil), "preparer"))
	require.Len(t, c.Different, 1)
	assert.Contains(t, c.Different[0], "the answer to 8.2.1: ")
}

// A number that came later, in the vault or on paper, makes nothing different.
func TestANumberMayMove(t *testing.T) {
	d := newDesk(t)
	c := d.compare(d.mara.sign(t, d.printed(reports.Record, func(m *reports.Manifest) { m.Evidence[0].Label = "Evidence-7" }, nil), "preparer"))
	assert.True(t, c.Matches)
	assert.Equal(t, []string{"Evidence-7 of the report is Evidence-1 in the vault"}, c.Notes)
}

func TestAPaperWithoutManifestIsNotTheVaults(t *testing.T) {
	d := newDesk(t)
	for _, manifest := range []string{"", "{", `{"v":1,"head":7}`} {
		var b bytes.Buffer
		_, err := pdf.Write(t.Context(), &b, reports.Document{Date: morning, Manifest: []byte(manifest), Blocks: []reports.Block{reports.SignatureBlock{Field: "preparer"}}}, pdf.Options{})
		require.NoError(t, err)
		c := d.compare(d.mara.sign(t, b.Bytes(), "preparer"))
		assert.False(t, c.Matches)
		require.Len(t, c.Different, 1)
		assert.Contains(t, c.Different[0], "manifest")
	}
}
