package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// A vault whose history is not what was handed off ends every verb that shows it with
// the status of tampering.
func TestAHandoffThatDoesNotHoldIsTampering(t *testing.T) {
	var out, said bytes.Buffer
	folder := t.TempDir()
	d := outside()
	d.out, d.err, d.config, d.state = &out, &said, filepath.Join(folder, "config"), filepath.Join(folder, "state")
	path := filepath.Join(folder, "shop.vault")
	require.Equal(t, exitDone, run(t.Context(), d, []string{"new", path, "--questionnaire", "saq-a", "--entity", "Corner Shop"}), said.String())
	v, err := d.open(t.Context(), path, opening{})
	require.NoError(t, err)
	_, err = v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.HandedOff, Subject: "vault", Payload: questionnaires.Handoff{
		Recipients: plainRecipients(v.Recipients()), Head: engine.Sum([]byte("what was really there")),
	}})
	require.NoError(t, err)
	require.NoError(t, v.Close())
	for _, verb := range [][]string{{"status", path}, {"vault", "verify", path}} {
		said.Reset()
		assert.Equal(t, exitTampered, run(t.Context(), d, verb))
		assert.Contains(t, said.String()+out.String(), "the handoff does not hold")
	}
}
