package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/vault"
)

// hardware FOLDER: puts age-plugin-test on the path, with a key of its own in
// FOLDER/identity.txt and $RECIPIENT; it writes into FOLDER/log how it was run.
func hardware(ts *testscript.TestScript, _ bool, args []string) {
	folder := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(folder, 0o700))
	out, err := exec.Command("go", "build", "-o", filepath.Join(folder, "age-plugin-test"), "../../vault/testdata/age-plugin-test").CombinedOutput()
	if err != nil {
		ts.Fatalf("build the plugin: %v: %s", err, out)
	}
	key, err := age.GenerateX25519Identity()
	ts.Check(err)
	recipient := plugin.EncodeRecipient("test", []byte(key.Recipient().String()))
	text := fmt.Sprintf("#    Recipient: %s\n%s\n", recipient, plugin.EncodeIdentity("test", []byte(key.String())))
	ts.Check(os.WriteFile(filepath.Join(folder, "identity.txt"), []byte(text), 0o600))
	ts.Setenv("RECIPIENT", recipient)
	ts.Setenv("AGE_PLUGIN_TEST_LOG", filepath.Join(folder, "log"))
	ts.Setenv("PATH", folder+string(os.PathListSeparator)+ts.Getenv("PATH"))
}

// atTerminal is a door whose person answers as told.
func atTerminal(answers ...string) (*door, *bytes.Buffer) {
	d, said := outside(), &bytes.Buffer{}
	d.err = said
	d.terminal = func(io.Writer) bool { return true }
	d.ask = func(prompt string) (string, error) {
		said.WriteString(prompt)
		if len(answers) == 0 {
			return "", io.EOF
		}
		answer := answers[0]
		answers = answers[1:]
		return answer, nil
	}
	d.askPass = func(prompt string) ([]byte, error) { said.WriteString(prompt); return []byte("1234"), nil }
	return d, said
}

func TestConsentIsForTheExactCommandLine(t *testing.T) {
	const opening, sealing = "age-plugin-test --age-plugin=identity-v1", "age-plugin-test --age-plugin=recipient-v1"
	d, said := atTerminal("y", "no")
	c := d.consent(false)
	require.NoError(t, c.ask(opening))
	assert.Contains(t, said.String(), opening)
	require.NoError(t, c.ask(opening), "once is enough")
	require.ErrorIs(t, c.ask(sealing), errNoConsent, "another command line is asked for anew")
	require.ErrorIs(t, c.ask(sealing), vault.ErrPluginRefused, "nobody answers any more")

	d, said = atTerminal()
	require.NoError(t, d.consent(true).ask(opening))
	d.terminal = func(io.Writer) bool { return false }
	err := d.consent(false).ask(opening)
	require.ErrorIs(t, err, vault.ErrPluginRefused)
	var h hinted
	require.ErrorAs(t, err, &h)
	assert.Contains(t, h.hint, "--allow-exec")
	assert.Empty(t, said.String(), "nothing is asked without a terminal")
}

func TestPluginsSpeakOnTheTerminal(t *testing.T) {
	d, said := atTerminal("public", "", "2", "1", "perhaps")
	ui := d.pluginUI()
	require.NoError(t, ui.DisplayMessage("test", "touch it\x1b[2J now"))
	assert.Equal(t, "test plugin: touch it[2J now\n", said.String(), "no escape sequence gets through")
	value, err := ui.RequestValue("test", "slot", false)
	require.NoError(t, err)
	assert.Equal(t, "public", value)
	value, err = ui.RequestValue("test", "PIN", true)
	require.NoError(t, err)
	assert.Equal(t, "1234", value)
	yes, err := ui.Confirm("test", "go on", "yes", "")
	require.NoError(t, err)
	assert.True(t, yes)
	for _, want := range []bool{false, true} {
		yes, err = ui.Confirm("test", "which", "this", "that")
		require.NoError(t, err)
		assert.Equal(t, want, yes)
	}
	_, err = ui.Confirm("test", "which", "this", "that")
	require.Error(t, err)
	_, err = ui.Confirm("test", "which", "this", "")
	require.ErrorIs(t, err, io.EOF)
}

func TestRecipientsOfAnIdentityFileWithAPlugin(t *testing.T) {
	key, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	behind, noted := plugin.EncodeIdentity("test", []byte("key")), plugin.EncodeRecipient("test", []byte("key"))
	all, err := recipientsOf([]byte("# Recipient: " + noted + "\n" + behind + "\n" + key.String() + "\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{key.Recipient().String(), noted}, all)
	for _, text := range []string{behind, "# Recipient: " + noted + "\n" + behind + "\n" + behind} {
		_, err = recipientsOf([]byte(text))
		require.True(t, errors.Is(err, vault.ErrBehindPlugin), "%v", err)
	}
}
