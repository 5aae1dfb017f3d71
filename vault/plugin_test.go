package vault

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// hardware is a key behind the plugin `test`, which is built and put on the path.
type hardware struct {
	t                   *testing.T
	log                 string
	identity, recipient string
	Plugins
	asked []string // command lines that consent was asked for
}

func newHardware(t *testing.T) *hardware {
	t.Helper()
	folder := t.TempDir()
	out, err := exec.Command("go", "build", "-o", filepath.Join(folder, "age-plugin-test"), "./testdata/age-plugin-test").CombinedOutput()
	require.NoError(t, err, "%s", out)
	h := &hardware{t: t, log: filepath.Join(folder, "log")}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("AGE_PLUGIN_TEST_LOG", h.log)
	t.Setenv("AGE_PLUGIN_TEST_DO", "")
	key := newIdentity(t)
	h.identity = plugin.EncodeIdentity("test", []byte(key.String()))
	h.recipient = plugin.EncodeRecipient("test", []byte(key.Recipient().String()))
	h.Allow = func(command string) error { h.asked = append(h.asked, command); return nil }
	return h
}

// runs are the arguments of each run since the last call.
func (h *hardware) runs() []string {
	h.t.Helper()
	text, err := os.ReadFile(h.log)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	require.NoError(h.t, err)
	require.NoError(h.t, os.Remove(h.log))
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func (h *hardware) key() Recipient {
	h.t.Helper()
	r, err := ParseRecipient(h.recipient)
	require.NoError(h.t, err)
	return labelled(h.t, r, "YubiKey of Ada")
}

func (h *hardware) identities(p *Plugins) []age.Identity {
	h.t.Helper()
	parsed, err := ParseIdentities(strings.NewReader("# a hardware key\n"+h.identity+"\n"), nil)
	require.NoError(h.t, err)
	return RunPlugins(parsed, p)
}

const opensOnce, sealsOnce = "--age-plugin=identity-v1", "--age-plugin=recipient-v1"

func TestAHardwareKeyIsTouchedOnceAtOpening(t *testing.T) {
	h, d := newHardware(t), newDesk(t)
	v, err := Create(t.Context(), d.path, []age.Recipient{h.key()}, WithAuthor(d.author), ForEntity("Shop"), WithPlugins(&h.Plugins))
	require.NoError(t, err)
	assert.Equal(t, questionnaires.PluginRecipient, v.Recipients()[0].Kind)
	require.NoError(t, v.Close())
	assert.Equal(t, []string{sealsOnce}, h.runs(), "making it touches nothing")
	assert.Equal(t, []string{"age-plugin-test " + sealsOnce}, h.asked)

	v, err = Open(t.Context(), d.path, h.identities(&h.Plugins), WithAuthor(d.author), WithPlugins(&h.Plugins))
	require.NoError(t, err)
	assert.Equal(t, []string{opensOnce}, h.runs())
	assert.Equal(t, "age-plugin-test "+opensOnce, h.asked[1])
	for i := range manyMembers + 2 {
		appendAnswers(t, v, fmt.Sprint("Answer ", i))
	}
	assert.Less(t, len(v.log.members), manyMembers, "it was folded")
	require.NoError(t, v.Verify(t.Context()))
	assert.Empty(t, h.runs(), "no save and no fold runs it")
	require.NoError(t, v.Compact(t.Context(), nil))
	assert.Equal(t, []string{sealsOnce}, h.runs(), "a compaction seals, and touches nothing")
	require.NoError(t, v.Close())
	assert.Empty(t, h.runs())
}

func TestAPluginThatIsNotAllowedIsNotRun(t *testing.T) {
	h, d := newHardware(t), newDesk(t)
	v := d.create(WithPlugins(&h.Plugins))
	both := []Recipient{v.Recipients()[0], h.key()}
	require.NoError(t, v.SetRecipients(t.Context(), both, nil))
	require.NoError(t, v.Close())
	h.runs()

	no := errors.New("the person said no")
	for cause, p := range map[error]*Plugins{ErrPluginRefused: nil, no: {Allow: func(string) error { return no }}} {
		_, err := Open(t.Context(), d.path, h.identities(p))
		require.ErrorIs(t, err, ErrNoIdentity)
		require.ErrorIs(t, err, cause)
		require.ErrorContains(t, err, "age-plugin-test --age-plugin=identity-v1")
		assert.NotErrorAs(t, err, new(*TamperError), "nobody tampered with anything")

		v, err := Open(t.Context(), d.path, append(h.identities(p), d.identity), WithAuthor(d.author), WithPlugins(p))
		require.NoError(t, err, "another identity opens it")
		appendAnswers(t, v, "A save runs nothing")
		before, head := d.bytes(), v.Head()
		require.ErrorIs(t, v.Compact(t.Context(), nil), cause)
		assert.Equal(t, before, d.bytes())
		assert.Equal(t, head, v.Head())
		require.NoError(t, v.Close())
	}
	assert.Empty(t, h.runs())
}

func TestAPluginThatIsNotInstalled(t *testing.T) {
	h, d := newHardware(t), newDesk(t)
	v := d.create(WithPlugins(&h.Plugins))
	require.NoError(t, v.SetRecipients(t.Context(), []Recipient{v.Recipients()[0], h.key()}, nil))
	t.Setenv("PATH", t.TempDir())
	appendAnswers(t, v, "Saved all the same")
	before, head := d.bytes(), v.Head()
	err := v.Compact(t.Context(), nil)
	require.ErrorIs(t, err, ErrNoPlugin)
	require.ErrorContains(t, err, "`age-plugin-test --age-plugin=recipient-v1`: it is not installed")
	assert.Equal(t, before, d.bytes())
	assert.Equal(t, head, v.Head())
	appendAnswers(t, v, "And afterwards")
	require.NoError(t, v.Close())
	_, err = Open(t.Context(), d.path, h.identities(&h.Plugins))
	require.ErrorIs(t, err, ErrNoIdentity)
	require.ErrorIs(t, err, ErrNoPlugin)
	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
}

func TestWhatAPluginSaysAndAsks(t *testing.T) {
	h, d := newHardware(t), newDesk(t)
	v, err := Create(t.Context(), d.path, []age.Recipient{h.key()}, WithAuthor(d.author), ForEntity("Shop"), WithPlugins(&h.Plugins))
	require.NoError(t, err)
	require.NoError(t, v.Close())
	var said []string
	h.UI = &plugin.ClientUI{
		DisplayMessage: func(name, message string) error { said = append(said, name+": "+message); return nil },
		RequestValue: func(_, prompt string, secret bool) (string, error) {
			said = append(said, prompt, fmt.Sprint(secret))
			return "1234", nil
		},
		Confirm: func(_, prompt, yes, no string) (bool, error) { said = append(said, prompt, yes, no); return true, nil },
	}
	for what, want := range map[string][]string{
		"touch": {"test: touch the key\x1b[2J"}, "pin": {"PIN of the key", "true"}, "confirm": {"use the key?", "use it", "leave it"},
	} {
		said = nil
		t.Setenv("AGE_PLUGIN_TEST_DO", what)
		v, err := Open(t.Context(), d.path, h.identities(&h.Plugins))
		require.NoError(t, err, what)
		require.NoError(t, v.Close())
		assert.Equal(t, want, said)
	}
	t.Setenv("AGE_PLUGIN_TEST_DO", "fail")
	_, err = Open(t.Context(), d.path, h.identities(&h.Plugins))
	require.ErrorIs(t, err, ErrNoIdentity)
	require.ErrorContains(t, err, "no key is plugged in")
	assert.NotErrorAs(t, err, new(*TamperError))
}

// A key in the file is tried before hardware, wherever it stands.
func TestAKeyIsTriedBeforeAPlugin(t *testing.T) {
	h, d := newHardware(t), newDesk(t)
	require.NoError(t, d.create().Close())
	parsed, err := ParseIdentities(strings.NewReader(h.identity+"\n"+d.identity.String()+"\n"), nil)
	require.NoError(t, err)
	v, err := Open(t.Context(), d.path, RunPlugins(parsed, &h.Plugins))
	require.NoError(t, err)
	require.NoError(t, v.Close())
	assert.Empty(t, h.runs())
}

// age alone opens with the same plugin what is sealed through it.
func TestAStrangerWithAHardwareKey(t *testing.T) {
	if _, err := exec.LookPath("age"); err != nil {
		t.Skip("SKIPPED: age is not installed, so that nobody else opened a vault with a hardware key")
	}
	h, d := newHardware(t), newDesk(t)
	v, err := Create(t.Context(), d.path, []age.Recipient{h.key()}, WithAuthor(d.author), ForEntity("Shop"), WithPlugins(&h.Plugins))
	require.NoError(t, err)
	require.NoError(t, v.Close())
	me := filepath.Join(t.TempDir(), "me")
	require.NoError(t, os.WriteFile(me, []byte(h.identity+"\n"), 0o600))
	plain, err := exec.Command("age", "-d", "-i", me, d.path).Output()
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(plain), sqliteMagic))
}
