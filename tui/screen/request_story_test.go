package screen_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// place goes to the place of a form that a word names, and opens it.
func place(d *tuitest.Driver, name string) *tuitest.Driver {
	return d.Press("/").Type(name).Press("enter", "enter")
}

// filled is a place of one line with a text.
func filled(d *tuitest.Driver, name, text string) *tuitest.Driver {
	place(d, name).Press("ctrl+u").Type(text)
	return d.Press("enter", "esc")
}

// folders let a desk take folders in and send lists.
func (m *merchant) folders() (sent *[]string) {
	sent = &[]string{}
	m.Files.Folder = os.OpenRoot
	m.Files.SendRequests = func(_ context.Context, _ *vault.Vault, id questionnaires.ID, folder string, open bool) (string, error) {
		*sent = append(*sent, fmt.Sprintf("%.4s %s %v", id, folder, open))
		return "2 lists written into " + folder, nil
	}
	return sent
}

// requests opens the room.
func requests(d *tuitest.Driver) *tuitest.Driver {
	return d.Press(":", "/").Type("asked for, and what came").Press("enter", "enter")
}

// A request goes from asked to accepted at the desk, with a return between.
func TestARequestAtTheDesk(t *testing.T) {
	m := newMerchant(t, 1)
	sent := m.folders()
	only := func() questionnaires.Request {
		all := m.assessment(t).Requests()
		require.NotEmpty(t, all)
		return all[0]
	}
	d := requests(desk(t, m.Workbench, 120, 40)).Shows("Nothing was asked for yet: a asks")

	// asked for, whole; then changed, place by place
	d.Press("a").Shows("New request", "1 place is missing")
	place(d, "wanted").Type("Ruleset reviews\nof both half-years").Press("esc", "esc")
	place(d, "requirements").Press("/").Type("1.2.7").Press("enter", " ", "esc", "esc", "esc")
	place(d, "procedures").Press(" ", "esc", "esc")
	filled(d, "owner", "Nadia")
	filled(d, "due", "2026-11-19")
	d.Press("S").Shows("Req-1", "overdue", "Nadia: Ruleset reviews", "For 1.2.7.a")
	r := only()
	assert.Equal(t, "Ruleset reviews\nof both half-years", r.What)
	assert.Equal(t, "Nadia", r.Owner)
	d.Press("enter").Shows("Req-1")
	filled(d, "due", "2026-12-19").Shows("2026-12-19")
	place(d, "requirements").Press("/").Type("1.2.7").Press("enter", " ", "esc", "esc", "esc")
	assert.Empty(t, only().Procedures, "a procedure goes with its requirement")
	filled(d, "from", "2026-13-01").Shows("not saved")
	d.Press("x").Press("esc").Shows("Req-1", "open", "2026-12-19")
	assert.EqualValues(t, "2026-12-19", only().Due)

	// nothing can be accepted before something came
	d.Press("A").Shows("A: nothing was received for it").Press("c").Shows("c: no versions of it stand side by side")
	folder := t.TempDir()
	for name, text := range map[string]string{"Req-1 spring.txt": "spring", "Req-9.txt": "nobody's", "holiday.txt": "a picture", "Req-1 \x1b[2J.txt": "x"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	d.Press("i").Shows("Take in", "provided by the entity")
	filled(d, "folder", filepath.Join(folder, "nowhere")).Press("S").Shows("not done")
	filled(d, "folder", folder).Press("S").Shows("Taking in "+folder, "1 taken in, 0 there already, 1 match no request, 2 refused", "no request of that number", "‹U+001B›[2J.txt", "holiday.txt")
	require.Len(t, only().Evidence, 1)
	d.Press("i").Shows("0 taken in, 1 there already").Press("esc").Shows("received")
	d.Press("e").Shows("spring.txt").Press("enter").Shows("spring").Press("esc", "esc")

	d.Press("t").Shows("Return Req-1")
	place(d, "reason").Type("The review of autumn is missing.").Press("esc", "esc", "S").Shows("Req-1 returned", "Returned because: The review of autumn is missing. Owner: Nadia")
	d.Press("e", "r").Shows("Evidence-1").Press(" ", "esc").Shows("received for Req-1: 1 item").Press("esc").Shows("received")
	require.Len(t, only().Evidence, 2)
	d.Press("A").Shows("Req-1 accepted", "✓ accepted").Press("A").Shows("A: it is accepted")
	d.Press("x").Shows("– withdrawn").Press("t").Shows("t: it was withdrawn").Press("x").Shows("asked for again", "✓ accepted")

	// all that the questionnaire wants to see, once
	d.Press("s").Shows("Seed")
	filled(d, "owner", "Jonas").Press("S").Shows("asked for all that the questionnaire wants to see", "Req-2", "Jonas: 1.1")
	assert.Greater(t, len(m.assessment(t).Requests()), 40)
	d.Press("s", "S").Shows("not done: seed requests: all that the questionnaire wants to see was asked for before").Press("esc")

	d.Press("o").Shows("Send")
	filled(d, "folder", "/out")
	place(d, "open").Press("esc", "S").Shows("2 lists written into /out")
	assert.Equal(t, []string{"0123 /out true"}, *sent)
}

// Who may not write is told why.
func TestRequestsOfAReader(t *testing.T) {
	m := newMerchant(t, 0)
	v, err := m.Open(t.Context(), "")
	require.NoError(t, err)
	draft, err := m.assessment(t).AskRequest(questionnaires.Request{ID: "r1", What: "Policies"})
	require.NoError(t, err)
	_, err = v.Append(t.Context(), draft)
	require.NoError(t, err)
	require.NoError(t, v.Close())
	m.folders()
	m.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		return vault.Open(ctx, m.Path, []age.Identity{m.identity}, vault.WithClock(m.clock.Now))
	}
	d := requests(desk(t, m.Workbench, 80, 24)).Shows("Req-1")
	for _, key := range []string{"a", "s", "i", "A", "t", "x", "c"} {
		d.Press(key).Shows(key + ": read-only")
	}
}

func TestGoldenRequests(t *testing.T) {
	frames(t, 1, "saq-a", func(d *tuitest.Driver, golden func(string)) {
		requests(d)
		d.Press("a")
		golden("request-new")
		d.Press("esc", "s")
		filled(d, "owner", "Nadia")
		filled(d, "due", "2026-11-19")
		golden("requests-seed")
		d.Press("S", "down")
		golden("requests-seeded")
		d.Press("e", "r", " ", "esc", "esc", "t")
		golden("request-return")
		place(d, "reason").Type("It is of last year.").Press("esc", "esc", "S")
		golden("requests-returned")
		d.Press("enter", "down")
		golden("request")
		d.Press("esc", "esc", "esc", "esc")
		golden("dashboard-requests")
	})
}
