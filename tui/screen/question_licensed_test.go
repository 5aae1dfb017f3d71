package screen_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/questionnaires/licensed"
	"tickmark/vault"
)

// prepared changes a merchant's vault before a desk opens it.
func (m *merchant) prepared(t *testing.T, change func(*vault.Vault) error) *merchant {
	t.Helper()
	v, err := m.Open(t.Context(), "")
	require.NoError(t, err)
	require.NoError(t, change(v))
	require.NoError(t, v.Close())
	return m
}

// Licensed text is a page of its own beside our words, and rows that no source
// confirms say so.
func TestAQuestionShowsLicensedTextAndWhatIsNotConfirmed(t *testing.T) {
	for _, size := range sizes {
		m := newEntity(t, 0, "saq-b-ip").prepared(t, func(v *vault.Vault) error {
			text := licensed.Text{Requirements: []licensed.Requirement{{ID: questionnaires.MustRequirementID("1.4.2"), Text: "Words under licence."}}}
			_, err := v.SetText(t.Context(), questionnaires.LicensedText{Source: "text.csv", Requirements: 1}, text)
			return err
		})
		d := question(desk(t, m.Workbench, size.width, size.height), "1.4.2").Shows("! not confirmed", "Licensed").Press("shift+tab")
		d.Shows("The standard's text, under your licence", "Words under licence.").Golden("question-licensed-" + size.name)
	}
}

// What the client owes is listed with its state; an empty list says how to ask.
func TestRequestsAreListed(t *testing.T) {
	for _, size := range sizes {
		empty := newMerchant(t, 0)
		room(desk(t, empty.Workbench, size.width, size.height), "client").Golden("requests-empty-" + size.name)
		m := newMerchant(t, 0).prepared(t, func(v *vault.Vault) error {
			for i, what := range []string{"The firewall rules of all sites", "防火墙规则 and a_very_long_word_that_no_line_of_a_small_terminal_could_hold_at_once_without_a_break"} {
				h, err := v.History(t.Context())
				require.NoError(t, err)
				a, err := h.Assessment(empty.Catalogue, "0123456789abcdef0123456789abcdef")
				require.NoError(t, err)
				id, err := questionnaires.NewID(&constant{drawn: 2000 + i})
				require.NoError(t, err)
				draft, err := a.AskRequest(questionnaires.Request{ID: id, What: what, Owner: "Nadia", Due: []questionnaires.Day{"2026-11-19", "2026-12-15"}[i], Requirements: []questionnaires.RequirementID{questionnaires.MustRequirementID("1.2.1")}})
				require.NoError(t, err)
				if _, err := v.Append(t.Context(), draft); err != nil {
					return err
				}
			}
			return nil
		})
		room(desk(t, m.Workbench, size.width, size.height), "client").Golden("requests-" + size.name)
	}
}
