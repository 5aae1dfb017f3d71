package reports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
)

// What an official report has in a section of its own stands in that section of the
// record, and in that part of the attestation: whoever copies from it finds it there.
func TestFactsStandInTheirSection(t *testing.T) {
	e := wholeAssessed(t)
	printed := map[string]string{}
	for _, kind := range []reports.Kind{reports.Assessed, reports.Attestation} {
		d, err := reports.Load(t.Context(), e, e.catalogue, e.id, e.now)
		require.NoError(t, err)
		d.Kind = kind
		doc, err := reports.Compose(d)
		require.NoError(t, err)
		for anchor, said := range bySection(doc) {
			printed[anchor] = said
		}
	}
	for place, facts := range map[string][]string{
		"section-1": {
			"Tested from elsewhere | yes: a part of it", "2026-10-19 to 2026-10-21 | Two shops | To spare the journey",
			"Officer who signs for the assessors' company | Liv Ask, Partner", "Ida Holm (ida@holm.example) | lead assessor (QSA) (Tested everything.) | Holm Audit | QSA-7",
		},
		"section-2": {
			"Nature of business | Outdoor clothing", "Functions that touch account data, or could affect its security | Tills, refunds and the desk that watches them",
			"Could affect the security of account data: yes How it could: Holds the keys of every shop", "Could affect the security of account data: not stated",
		},
		"section-3": {
			"Left out of the assessment, and why | The museum, which takes no cards", "What reduced the scope | Tokens in the shops",
			"Eligibility criteria of a self-assessment used | yes", "Which of them, and how it was found that they are met | P2PE: the manual was followed",
			"Assessor who attests it | Ida Holm", "How that assessor found that it is effective | Tried from the warehouse", "What segments was itself assessed | yes",
		},
		"section-4": {
			"Evidence-4 | Interview with the head of platform | networks | of 2026-11-02", "| flow of account data: authorisation | of 2026-11-02",
			"Files, tables and fields: sales.pan, sales.expiry", "Files, tables and fields: not recorded",
			"Inventory that the list rests on | Evidence-4 Interview with the head of platform",
		},
		"section-6": {
			"Custodian | Records desk", "Place | Archive in Lund", "How they are protected | Sealed to two keepers", "given out on the Council's request | Ida Holm",
			"Documents\nThere is none of these in the vault.", "Interviews\nThere is none of these in the vault.",
		},
		"part-1": {"Led by Ida Holm, certificate QSA-7 of Holm Audit", "Liv Ask, Partner"},
		"part-2": {
			"Tills, refunds and the desk that watches them", "Could affect the security of account data | yes\nHow it could | Holds the keys of every shop",
			"Could affect the security of account data | not stated", "Tested from elsewhere | yes: a part of it", "Segmentation used | yes",
		},
		"part-3": {"Officer of the QSA company | Liv Ask, Partner, Holm Audit", "Lead QSA | Ida Holm"},
	} {
		require.NotEmpty(t, printed[place], place)
		for _, fact := range facts {
			assert.Contains(t, printed[place], fact, place)
		}
	}
}

// bySection is what a paper says, by the anchor of its chapter: facts and rows of tables
// a line each.
func bySection(doc reports.Document) map[string]string {
	said, anchor := map[string]string{}, ""
	say := func(cells ...string) {
		said[anchor] += strings.Join(strings.Fields(strings.Join(cells, " | ")), " ") + "\n"
	}
	for _, b := range doc.Blocks {
		switch b := b.(type) {
		case reports.Heading:
			if b.Level == 1 {
				anchor = b.Anchor
			}
			say(b.Text)
		case reports.Facts:
			for _, f := range b.Rows {
				say(f.Name, f.Value)
			}
		case reports.Table:
			if len(b.Rows) == 0 {
				say(b.Empty)
			}
			for _, row := range b.Rows {
				var cells []string
				for _, cell := range row.Cells {
					cells = append(cells, cell.Plain())
				}
				say(cells...)
			}
		case reports.SignatureBlock:
			say(b.Role, b.Person)
		}
	}
	return said
}
