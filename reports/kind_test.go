package reports_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/reports"
)

func TestAttestationGoldens(t *testing.T) {
	golden(t, "attestation-self.txt", text(t, wholeSelf(t).composeKind(reports.Attestation)))
	golden(t, "attestation-assessed.txt", text(t, wholeAssessed(t).composeKind(reports.Attestation)))
}

// A kind that does not fit is refused in a line that names the one that does.
func TestKindFitsItsQuestionnaire(t *testing.T) {
	for _, c := range []struct {
		e    *engagement
		kind reports.Kind
		want string
	}{
		{wholeSelf(t), reports.Fitting, "saq"},
		{wholeSelf(t), reports.Record, "saq"},
		{wholeSelf(t), reports.Attestation, "aoc-record"},
		{wholeSelf(t), reports.Assessed, "want saq"},
		{wholeAssessed(t), reports.Fitting, "roc"},
		{wholeAssessed(t), reports.Attestation, "aoc-record"},
		{wholeAssessed(t), reports.Record, "want roc"},
	} {
		doc, err := reports.Compose(c.e.dossier(c.kind))
		if strings.HasPrefix(c.want, "want ") {
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n")
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, c.want, doc.Kind.String())
		var m reports.Manifest
		require.NoError(t, json.Unmarshal(doc.Manifest, &m))
		assert.Equal(t, c.want, m.Kind, "the manifest names the kind")
	}
	own := questionnaires.Questionnaire{Definition: cited}
	assert.Equal(t, []reports.Kind{reports.Record, reports.Summary, reports.Binder, reports.Transfer}, reports.KindsOf(own), "what the organisation asks itself has no attestation")
}

func TestKindsAreReadAsTheyAreWritten(t *testing.T) {
	for _, k := range reports.Kinds() {
		read, err := reports.ParseKind(k.String())
		require.NoError(t, err)
		assert.Equal(t, k, read)
		assert.NotEmpty(t, k.Title())
		assert.NotEmpty(t, k.Purpose())
		assert.NotContains(t, k.Title(), "Compliance")
	}
	_, err := reports.ParseKind("soc")
	require.ErrorContains(t, err, `"soc" is no kind of report`)
}

// everyPaper is every kind that fits of a small and of two whole assessments.
func everyPaper(t *testing.T) []reports.Document {
	t.Helper()
	var all []reports.Document
	for _, e := range []*engagement{done(t), wholeSelf(t), wholeAssessed(t)} {
		for _, k := range reports.KindsOf(e.assessment().Questionnaire) {
			all = append(all, e.composeKind(k))
		}
	}
	return all
}

// Whatever the kind, no paper is called as an official one is, each says that it is none,
// shows the conclusion of a person or that there is none, and is a draft while it is one.
func TestEveryKindSaysWhatItIsNot(t *testing.T) {
	papers := everyPaper(t)
	require.GreaterOrEqual(t, len(papers), 3*4, "every kind that fits, of each assessment")
	for _, doc := range papers {
		c := cover(t, doc)
		for _, title := range append([]string{doc.Title, doc.Subject, c.Title, c.Kicker, c.Detail}, headings(doc)...) {
			assert.NotContains(t, strings.ToLower(title), "on compliance")
			assert.NotContains(t, strings.ToLower(title), "of compliance")
		}
		assert.Contains(t, strings.Join(strings.Fields(text(t, doc)), " "), "no official form of the PCI Security Standards Council")
		assert.Equal(t, "no conclusion recorded", c.Pill.Text)
		assert.NotEmpty(t, doc.Draft)
	}
}

func headings(doc reports.Document) []string {
	var texts []string
	for _, h := range doc.Headings() {
		texts = append(texts, h.Text)
	}
	return texts
}

// An assessment that nobody named is called as its form is, and its papers are not.
func TestUnnamedAssessmentLendsNoOfficialTitle(t *testing.T) {
	e := newEngagement(t)
	e.id = e.newID()
	e.must(e.mara)(questionnaires.NewAssessment(e.catalogue, questionnaires.AssessmentDetails{ID: e.id, Questionnaire: "roc"}))
	require.Equal(t, "Report on Compliance", e.assessment().Details.Name)
	assert.NotContains(t, text(t, e.compose()), "Report on Compliance")
}

func fields(doc reports.Document) []string {
	var names []string
	for _, b := range doc.Blocks {
		if s, is := b.(reports.SignatureBlock); is {
			names = append(names, s.Field)
		}
	}
	return names
}

// The fields of all who have to sign are there before the first one does. An ISA is of
// the entity and has none.
func TestSignatureFieldsAreOfThoseWhoTookPart(t *testing.T) {
	alone, both := []string{"preparer", "officer"}, []string{"preparer", "officer", "lead-qsa", "qsa-officer"}
	for _, c := range []struct {
		roles []questionnaires.AssessorRole
		want  []string
	}{
		{nil, alone},
		{[]questionnaires.AssessorRole{questionnaires.InternalAssessor}, alone},
		{[]questionnaires.AssessorRole{questionnaires.OtherAssessor}, alone},
		{[]questionnaires.AssessorRole{questionnaires.LeadAssessor}, both},
		{[]questionnaires.AssessorRole{questionnaires.InternalAssessor, questionnaires.AssociateAssessor}, both},
	} {
		e := newEngagement(t)
		var all []questionnaires.Assessor
		for i, role := range c.roles {
			all = append(all, questionnaires.Assessor{Name: []string{"Ida Holm", "Nils Berg"}[i], Role: role, Part: "Tested the tills."})
		}
		e.write(e.mara, questionnaires.Draft{
			Assessment: e.id, Action: questionnaires.EngagementSet, Subject: "engagement", Payload: questionnaires.Engagement{Assessors: all},
		})
		for _, k := range []reports.Kind{reports.Record, reports.Attestation} {
			doc := e.composeKind(k)
			assert.Equal(t, c.want, fields(doc), "%s, %s", k, c.roles)
			assert.Equal(t, len(all) > 0, strings.Contains(text(t, doc), "Tested the tills."), "the part of each is said")
		}
	}
}

// A provider of several services has a grid for each that is assessed, and one of its own
// where the assessment is of one.
func TestAttestationHasAGridForEachService(t *testing.T) {
	for service, want := range map[string][]string{
		"": {"Service: Tokens", "Service: Vaulting"}, "Vaulting": {"Service: Vaulting"}, "Loyalty": {"Service: Tokens", "Service: Vaulting"},
	} {
		e := newEngagement(t)
		e.id = e.newID()
		e.must(e.mara)(questionnaires.NewAssessment(e.catalogue, questionnaires.AssessmentDetails{ID: e.id, Questionnaire: "roc", Name: "Services", Service: service}))
		e.must(e.mara)(e.history().SetScope(e.catalogue, questionnaires.Scope{Services: []questionnaires.AssessedService{
			{Name: "Tokens"}, {Name: "Loyalty", LeftOut: "It sees no cards."}, {Name: "Vaulting"},
		}}))
		var grids []string
		for _, h := range headings(e.composeKind(reports.Attestation)) {
			if strings.HasPrefix(h, "Service: ") {
				grids = append(grids, h)
			}
		}
		assert.Equal(t, want, grids, service)
	}
}

// Each part of an attestation says where the record has it, and there the record has it.
func TestAttestationSaysWhereTheRecordHasIt(t *testing.T) {
	e := wholeAssessed(t)
	places, part := map[string][]string{}, "" // of the record, by title
	title := func(h reports.Heading) string { _, title, _ := strings.Cut(h.Text, " "); return title }
	for _, h := range e.compose().Headings() {
		if h.Level == 1 {
			part, _, _ = strings.Cut(h.Text, ":")
		} else if h.Level == 2 {
			places[title(h)] = append(places[title(h)], part)
		}
	}
	said, found := "", map[string]int{}
	for _, b := range e.composeKind(reports.Attestation).Blocks {
		switch b := b.(type) {
		case reports.Paragraph:
			if strings.HasPrefix(b.Text, "In the record of the assessment: ") {
				said = b.Text
			}
		case reports.Heading:
			if b.Level == 1 {
				part, said = b.Text, ""
			} else if at := places[title(b)]; b.Level == 2 && strings.HasPrefix(part, "Part ") && len(at) > 0 {
				found[part[:len("Part 1")]]++
				assert.Contains(t, said, at[0], b.Text)
			}
		}
	}
	assert.Equal(t, map[string]int{"Part 1": 2, "Part 2": 11, "Part 3": 1, "Part 4": 2}, found)
	assert.Contains(t, text(t, begin(t, "roc").composeKind(reports.Attestation)), "not yet known: not everything is answered", "what nobody answered is no no")
	assert.NotContains(t, text(t, wholeSelf(t).composeKind(reports.Attestation)), "In the record of the assessment: ", "a self-assessment holds its attestation")
}

// What a finding rests on is said sort by sort, and so is a method of which nothing shows.
func TestFindingNamesInterviewsDocumentsAndSamples(t *testing.T) {
	printed := strings.Join(strings.Fields(text(t, wholeAssessed(t).compose())), " ")
	assert.Contains(t, printed, "Interviewed: no notes of an interview are referenced")
	assert.Contains(t, printed, "Examined and observed: Evidence-4 Interview with the head of platform")
}
