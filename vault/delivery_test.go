package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// client is a client who was asked for two things, and the folder it sends.
type client struct {
	*testing.T
	vault  *Vault
	folder string
	asked  []questionnaires.ID
}

func newClient(t *testing.T) *client {
	t.Helper()
	c := &client{T: t, vault: newDesk(t).create(), folder: t.TempDir()}
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	draft, err := questionnaires.NewAssessment(catalogue, questionnaires.AssessmentDetails{ID: "a1", Questionnaire: "saq-d-merchant"})
	require.NoError(t, err)
	c.append(draft, nil)
	for i, requirement := range []string{"1.2.7", "2.2.6"} {
		id := questionnaires.ID(fmt.Sprint("r", i))
		c.append(c.assessment().AskRequest(questionnaires.Request{
			ID: id, What: "Papers of " + requirement, Requirements: []questionnaires.RequirementID{questionnaires.MustRequirementID(requirement)},
		}))
		c.asked = append(c.asked, id)
	}
	return c
}

func (c *client) append(d questionnaires.Draft, err error) {
	c.Helper()
	require.NoError(c, err)
	_, err = c.vault.Append(c.Context(), d)
	require.NoError(c, err)
}

func (c *client) assessment() *questionnaires.Assessment {
	c.Helper()
	catalogue, err := pci.Catalogue()
	require.NoError(c, err)
	a, err := history(c.T, c.vault).Assessment(catalogue, "a1")
	require.NoError(c, err)
	return a
}

// sends puts files into the folder: each holds its text.
func (c *client) sends(files map[string]string) {
	c.Helper()
	for name, text := range files {
		path := filepath.Join(c.folder, name)
		require.NoError(c, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(c, os.WriteFile(path, []byte(text), 0o600))
	}
}

func (c *client) deliver(ctx context.Context, tell func(DeliveryState)) (Delivered, error) {
	c.Helper()
	root, err := os.OpenRoot(c.folder)
	require.NoError(c, err)
	defer root.Close()
	return c.vault.Receive(ctx, Delivery{Folder: root, Assessment: c.assessment(), Obtained: questionnaires.ProvidedByEntity, Progress: tell})
}

func (c *client) delivers() Delivered {
	c.Helper()
	d, err := c.deliver(c.Context(), nil)
	require.NoError(c, err)
	return d
}

func (c *client) received(request int) []string {
	c.Helper()
	a, names := c.assessment(), []string{}
	for _, r := range a.Requests() {
		if r.ID == c.asked[request] {
			for _, id := range r.Evidence {
				item, _ := a.Evidence(id)
				names = append(names, item.File.Name)
			}
		}
	}
	return names
}

// What a client may send, in good faith or bad: each file is taken in or named with the
// rule that keeps it out, and none keeps another out.
func TestWhatAClientMaySend(t *testing.T) {
	for name, tt := range map[string]struct {
		files   map[string]string
		taken   []string
		linked  []string
		already []string
		refused string // a part of the reason
		nowhere []string
	}{
		"a file by its name":                 {files: map[string]string{"Req-1 review.txt": "a"}, taken: []string{"Req-1 review.txt"}},
		"a file by its folder":               {files: map[string]string{"req 2/scan.txt": "a"}, taken: []string{"req 2/scan.txt"}},
		"a file of no bytes":                 {files: map[string]string{"Req-1.txt": ""}, taken: []string{"Req-1.txt"}},
		"the same file twice":                {files: map[string]string{"Req-1 a.txt": "a", "Req-1 b.txt": "a"}, taken: []string{"Req-1 a.txt"}, already: []string{"Req-1 b.txt"}},
		"the same file for one more request": {files: map[string]string{"Req-1 a.txt": "a", "Req-1 Req-2.txt": "a"}, taken: []string{"Req-1 Req-2.txt"}, already: []string{"Req-1 a.txt"}},
		"the same file, more named later":    {files: map[string]string{"Req-1 1.txt": "a", "Req-1 2 Req-2.txt": "a"}, taken: []string{"Req-1 1.txt"}, linked: []string{"Req-1 2 Req-2.txt"}},
		"a file of no request":               {files: map[string]string{"holiday.txt": "a", "Req-1.txt": "b"}, taken: []string{"Req-1.txt"}, nowhere: []string{"holiday.txt"}},
		"a file of an unknown request":       {files: map[string]string{"Req-99.txt": "a"}, refused: "no request of that number"},
		"a name that acts on a terminal":     {files: map[string]string{"Req-1 \x1b[2J.txt": "a"}, refused: "control character"},
		"a name with a line break":           {files: map[string]string{"Req-1\nReq-2.txt": "a"}, refused: "file name"},
		"a name with a card number":          {files: map[string]string{"Req-1 4111111111111111.txt": "a"}, refused: "card number"},
		"what a program left":                {files: map[string]string{"Req-1/.DS_Store": "a"}, refused: "it is no evidence"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t)
			c.sends(tt.files)
			names := func(files []DeliveredFile) (all []string) {
				for _, f := range files {
					all = append(all, f.File)
				}
				return all
			}
			d := c.delivers()
			assert.Equal(t, tt.taken, names(d.Taken))
			assert.Equal(t, tt.linked, names(d.Linked))
			assert.Equal(t, tt.already, names(d.Already))
			assert.Equal(t, append([]string{}, tt.nowhere...), d.Unmatched)
			if tt.refused != "" {
				require.Len(t, d.Refused, 1)
				assert.Contains(t, d.Refused[0].Reason, tt.refused)
				assert.NotContains(t, d.Refused[0].Reason, "\n")
			}
			assert.Equal(t, tt.refused != "" || tt.nowhere != nil, d.Attention())
			before := history(t, c.vault).Head()
			again := c.delivers()
			assert.Empty(t, append(again.Taken, again.Linked...), "a second time there is nothing to do")
			assert.Equal(t, before, history(t, c.vault).Head())
		})
	}
}

// A file that is longer than what is taken in at once is not read, and its message says
// how it gets in.
func TestAFileThatIsTooLongNamesTheWay(t *testing.T) {
	c := newClient(t)
	path := filepath.Join(c.folder, "Req-1 image.bin")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Truncate(path, 5<<30)) // of nothing, so that it costs nothing
	d := c.delivers()
	require.Len(t, d.Refused, 1)
	assert.Contains(t, d.Refused[0].Reason, "5368709120 bytes")
	assert.Contains(t, d.Refused[0].Reason, "`tickmark attach` takes longer files")
}

// A delivery that is interrupted keeps what was saved, and goes on from there.
func TestADeliveryIsInterruptedAndGoesOn(t *testing.T) {
	c := newClient(t)
	files := map[string]string{}
	for i := range 3*maxBatchFiles + 7 {
		files[fmt.Sprintf("Req-1/%04d.txt", i)] = fmt.Sprint("paper ", i)
	}
	c.sends(files)
	ctx, stop := context.WithCancel(t.Context())
	d, err := c.deliver(ctx, func(at DeliveryState) {
		assert.Equal(t, len(files), at.All)
		if at.Seen > 2*maxBatchFiles+50 {
			stop()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, d.Taken, 2*maxBatchFiles, "what was saved")
	require.Len(t, c.received(0), 2*maxBatchFiles)
	var last DeliveryState
	d, err = c.deliver(t.Context(), func(at DeliveryState) {
		assert.GreaterOrEqual(t, at.Done, last.Done, "it only goes on")
		last = at
	})
	require.NoError(t, err)
	assert.Len(t, d.Already, 2*maxBatchFiles)
	assert.Len(t, d.Taken, maxBatchFiles+7)
	assert.Equal(t, last.Size, last.Done)
	assert.Len(t, c.received(0), len(files), "each once")
}

// What is kept is what was sent, byte for byte.
func TestADeliveryIsKeptByteForByte(t *testing.T) {
	c := newClient(t)
	text := string(noise())
	c.sends(map[string]string{"Req-1 Req-2 dump.bin": text})
	require.Len(t, c.delivers().Taken, 1)
	require.Equal(t, c.received(0), c.received(1))
	a := c.assessment()
	item := a.LatestEvidence()[0]
	assert.Equal(t, []questionnaires.RequirementID{questionnaires.MustRequirementID("1.2.7"), questionnaires.MustRequirementID("2.2.6")}, item.Requirements)
	r, err := c.vault.OpenEvidence(t.Context(), item.Digest())
	require.NoError(t, err)
	defer r.Close()
	kept, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.True(t, text == string(kept))
}

// What was expunged does not come back by a delivery.
func TestWhatWasExpungedIsNotReceivedAgain(t *testing.T) {
	c := newClient(t)
	c.sends(map[string]string{"Req-1 a.txt": "4111 1111"})
	require.Len(t, c.delivers().Taken, 1)
	item := c.assessment().LatestEvidence()[0]
	draft, err := history(t, c.vault).Expunge(item, "a part of a card number")
	require.NoError(t, err)
	_, err = c.vault.Expunge(t.Context(), draft, nil)
	require.NoError(t, err)
	d := c.delivers()
	require.Len(t, d.Refused, 1)
	assert.Contains(t, d.Refused[0].Reason, "it was expunged")
	assert.Empty(t, d.Taken)
}

// A vault that takes nothing says so once, not for each file.
func TestADeliveryToAVaultThatIsClosed(t *testing.T) {
	c := newClient(t)
	c.sends(map[string]string{"Req-1 a.txt": "a", "Req-1 b.txt": "b"})
	a := c.assessment()
	require.NoError(t, c.vault.Close())
	root, err := os.OpenRoot(c.folder)
	require.NoError(t, err)
	defer root.Close()
	d, err := c.vault.Receive(t.Context(), Delivery{Folder: root, Assessment: a})
	require.ErrorIs(t, err, ErrClosed)
	assert.Empty(t, d.Refused)
	assert.Equal(t, 1, strings.Count(err.Error(), "closed"), errors.Unwrap(err))
}
