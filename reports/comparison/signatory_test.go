package comparison

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/sign"
)

// signing is who signed which fields of a report, and what the vault says of it.
type signing struct {
	kind     reports.Kind
	blocks   func([]reports.Block) []reports.Block
	signed   []signed
	note     func([]byte) // of the last signature
	standing map[string]Standing
	matches  bool
	stranger bool
}

// signed is a field that somebody signed.
type signed struct {
	by    person
	field string
}

func without(field string) func([]reports.Block) []reports.Block {
	return func(blocks []reports.Block) []reports.Block {
		return slices.DeleteFunc(blocks, func(b reports.Block) bool {
			s, is := b.(reports.SignatureBlock)
			return is && s.Field == field
		})
	}
}

// noted writes into the side log that a report was signed.
func (d *desk) noted(by person, action questionnaires.Action, certificate person) func([]byte) {
	return func(text []byte) {
		sum := engine.Sum(certificate.leaf.Raw).String()
		var payload any = questionnaires.PrintedReport{Kind: "saq", File: engine.Sum(text), Certificate: sum}
		if action == questionnaires.ReportCountersigned {
			payload = questionnaires.CountersignedReport{File: engine.Sum(text), Certificate: sum}
		}
		d.write(by, questionnaires.Draft{Assessment: "a1", Action: action, Subject: "report", Payload: payload})
	}
}

// signings are those of a vault in which Sigge leads and two people are called Mara Lindqvist.
func signings(d *desk) map[string]signing {
	ida, other, eva := newPerson(d.t, "Ida Holm", 7), newPerson(d.t, "Mara Lindqvist", 8), newPerson(d.t, "Eva Lund", 9)
	twin, second := newPerson(d.t, "Mara Lindqvist", 10), newPerson(d.t, "Sigge Ek", 11)
	d.enrol(twin)
	d.led("Sigge Ek")
	more := func(blocks []reports.Block) []reports.Block {
		return append(blocks, reports.SignatureBlock{Field: "board"})
	}
	return map[string]signing{
		"by who answered":                           {signed: []signed{{d.mara, "preparer"}}, matches: true, standing: map[string]Standing{"preparer": AsNamed, "officer": NotSigned, "lead-qsa": NotSigned, "qsa-officer": NotSigned}},
		"by a namesake":                             {signed: []signed{{other, "preparer"}}, matches: true, stranger: true, standing: map[string]Standing{"preparer": Namesake}},
		"by an author who did not answer":           {signed: []signed{{d.jonas, "preparer"}}, matches: true, stranger: true, standing: map[string]Standing{"preparer": Another}},
		"by an author who did not answer, as noted": {signed: []signed{{d.jonas, "preparer"}}, note: d.noted(d.jonas, questionnaires.ReportSigned, d.jonas), matches: true, standing: map[string]Standing{"preparer": AsNamed}},
		"by another key, as noted":                  {signed: []signed{{other, "preparer"}}, note: d.noted(d.mara, questionnaires.ReportSigned, other), matches: true, standing: map[string]Standing{"preparer": AsNamed}},
		"noted with another certificate":            {signed: []signed{{d.mara, "preparer"}}, note: d.noted(d.mara, questionnaires.ReportSigned, other), matches: true, stranger: true, standing: map[string]Standing{"preparer": Another}},
		"noted by a stranger":                       {signed: []signed{{other, "preparer"}}, note: d.noted(eva, questionnaires.ReportSigned, other), matches: true, stranger: true, standing: map[string]Standing{"preparer": Namesake}},
		"by an author of that name":                 {signed: []signed{{twin, "preparer"}}, matches: true, stranger: true, standing: map[string]Standing{"preparer": Namesake}},
		"by the lead":                               {signed: []signed{{d.mara, "preparer"}, {d.sigge, "lead-qsa"}}, matches: true, standing: map[string]Standing{"lead-qsa": AsNamed}},
		"by the lead's name":                        {signed: []signed{{d.mara, "preparer"}, {second, "lead-qsa"}}, matches: true, stranger: true, standing: map[string]Standing{"lead-qsa": Namesake}},
		"by the lead's other key, as noted":         {signed: []signed{{d.mara, "preparer"}, {second, "lead-qsa"}}, note: d.noted(d.sigge, questionnaires.ReportCountersigned, second), matches: true, standing: map[string]Standing{"lead-qsa": AsNamed}},
		"by the lead's name, as another noted":      {signed: []signed{{d.mara, "preparer"}, {second, "lead-qsa"}}, note: d.noted(d.jonas, questionnaires.ReportCountersigned, second), matches: true, stranger: true, standing: map[string]Standing{"lead-qsa": Namesake}},
		"by the lead's name, and another noted":     {signed: []signed{{d.mara, "preparer"}, {second, "lead-qsa"}}, note: d.noted(d.sigge, questionnaires.ReportCountersigned, ida), matches: true, stranger: true, standing: map[string]Standing{"lead-qsa": Namesake}},
		"by another than the lead":                  {signed: []signed{{d.mara, "preparer"}, {eva, "lead-qsa"}}, matches: true, stranger: true, standing: map[string]Standing{"lead-qsa": Another}},
		"by an author for the lead":                 {signed: []signed{{d.mara, "preparer"}, {d.jonas, "lead-qsa"}}, note: d.noted(d.jonas, questionnaires.ReportCountersigned, d.jonas), matches: true, stranger: true, standing: map[string]Standing{"lead-qsa": Another}},
		"by an officer of whom nobody knows":        {signed: []signed{{d.mara, "preparer"}, {eva, "qsa-officer"}}, matches: true, standing: map[string]Standing{"qsa-officer": Unnamed}},
		"without a field":                           {blocks: without("lead-qsa"), signed: []signed{{d.mara, "preparer"}}, standing: map[string]Standing{"lead-qsa": NoField}},
		"with a field more":                         {blocks: more, signed: []signed{{d.mara, "preparer"}}, standing: map[string]Standing{"board": NoRole}},
		"with a field more that is signed":          {blocks: more, signed: []signed{{d.mara, "preparer"}, {eva, "board"}}, standing: map[string]Standing{"board": NoRole}},
		"a summary":                                 {kind: reports.Summary, signed: []signed{{d.mara, "preparer"}}, matches: true, standing: map[string]Standing{"preparer": AsNamed}},
	}
}

// Who signed which field, against whom the vault names as it stood when the report was made.
func TestWhoShouldHaveSigned(t *testing.T) {
	d := newDesk(t)
	for name, one := range signings(d) {
		t.Run(name, func(t *testing.T) {
			d.t = t
			before := d.entries
			defer func() { d.entries = before }()
			text := d.printed(one.kind, nil, one.blocks)
			for _, s := range one.signed {
				text = s.by.sign(t, text, s.field)
			}
			if one.note != nil {
				one.note(text)
			}
			d.led("Eva Lund") // who leads now led nothing then
			c := d.compare(text)
			assert.Equal(t, one.matches, c.Matches, "%s", c.Different)
			assert.Equal(t, one.stranger, c.Stranger())
			found := map[string]Standing{}
			for _, s := range c.Signatories {
				found[s.Field] = s.Standing
				assert.True(t, strings.HasPrefix(s.Line(), s.Field+": "))
			}
			for field, standing := range one.standing {
				assert.Equal(t, standing, found[field], field)
			}
			if one.kind == reports.Summary {
				assert.Len(t, found, 1)
			}
		})
	}
}

// Whoever vouched with their own key is told from another author of their name.
func TestAnAuthorIsNoOtherOfThatName(t *testing.T) {
	d := newDesk(t)
	twin := newPerson(t, "Jonas Feld", 10)
	d.enrol(twin)
	signed := sign.Signature{Signer: sign.Identity{Name: "Jonas Feld", SHA256: engine.Sum(twin.leaf.Raw).String()}}
	text := []byte("a report")
	signed.Bytes = len(text)
	for _, one := range []struct {
		authors  []engine.Digest
		standing Standing
	}{{nil, AsNamed}, {[]engine.Digest{twin.author.Author.ID}, AsNamed}, {[]engine.Digest{d.jonas.author.Author.ID}, Namesake}} {
		d.write(twin, questionnaires.Draft{Assessment: "a1", Action: questionnaires.ReportCountersigned, Subject: "report", Payload: questionnaires.CountersignedReport{
			File: engine.Sum(text), Certificate: signed.Signer.SHA256,
		}})
		f := Signatory{Field: "officer"}
		f.countersignedBy(reports.Signatory{Named: []string{"Jonas Feld"}, Authors: one.authors}, signed, text, d.history())
		assert.Equal(t, one.standing, f.Standing)
	}
}

// Of a lead whom the vault never enrolled it knows the name.
func TestALeadIsKnownByName(t *testing.T) {
	d := newDesk(t)
	text := d.mara.sign(t, d.printed(reports.Record, nil, nil), "preparer")
	c := d.compare(newPerson(t, "ida  holm", 7).sign(t, text, "lead-qsa"))
	i := slices.IndexFunc(c.Signatories, func(s Signatory) bool { return s.Field == "lead-qsa" })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, ByName, c.Signatories[i].Standing)
	assert.True(t, c.Stranger())
}
