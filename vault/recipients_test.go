package vault

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

func newIdentity(t *testing.T) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	return identity
}

func labelled(t testing.TB, r age.Recipient, label string) Recipient {
	t.Helper()
	named, err := NewRecipient(r, label)
	require.NoError(t, err)
	return named
}

// opens says whether age alone, without this package, opens a file.
func opens(t *testing.T, sealed []byte, identity age.Identity) bool {
	t.Helper()
	plain, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if err != nil {
		var none *age.NoIdentityMatchError
		require.ErrorAs(t, err, &none)
		return false
	}
	start := make([]byte, len(sqliteMagic))
	_, err = io.ReadFull(plain, start)
	require.NoError(t, err)
	assert.Equal(t, sqliteMagic, string(start))
	return true
}

func TestRecipientsComeAndGo(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	appendAnswers(t, v, "Before anybody came")
	bo := newIdentity(t)
	mine := labelled(t, d.identity.Recipient(), "Ada")
	theirs := labelled(t, bo.Recipient(), "Bo's laptop")
	require.NoError(t, v.SetRecipients(t.Context(), []Recipient{mine, theirs}, nil))
	shared := d.bytes()
	assert.True(t, opens(t, shared, bo))
	assert.True(t, opens(t, shared, d.identity))
	sharedJournal := v.log.identity

	appendAnswers(t, v, "While Bo may read")
	require.NoError(t, v.SetRecipients(t.Context(), []Recipient{mine}, nil))
	appendAnswers(t, v, "After Bo left")
	assert.False(t, opens(t, d.bytes(), bo), "who was removed does not open it")
	assert.True(t, opens(t, shared, bo), "an old copy stays readable")
	_, err := unsealMember(t, d.log(), sharedJournal)
	require.ErrorAs(t, err, new(*age.NoIdentityMatchError), "nor the log, with the journal identity of before")
	require.NoError(t, v.Close())

	_, err = Open(t.Context(), d.path, []age.Identity{bo})
	require.ErrorIs(t, err, ErrNoIdentity)
	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
	assert.Equal(t, []questionnaires.Recipient{mine.Recipient}, described(v.Recipients()))
	assert.Equal(t, "Ada", v.Recipients()[0].Label)
	var changes []questionnaires.Action
	for _, e := range history(t, v).Entries() {
		changes = append(changes, e.Action)
	}
	given := questionnaires.AnswerGiven
	assert.Equal(t, []questionnaires.Action{
		questionnaires.VaultCreated, given, questionnaires.RecipientsChanged, given, questionnaires.RecipientsChanged, given,
	}, changes)
}

// unsealMember opens the first member of a log with age alone.
func unsealMember(t *testing.T, log []byte, identity age.Identity) ([]byte, error) {
	t.Helper()
	named, err := readLabel(log[:tarBlock])
	require.NoError(t, err)
	plain, err := age.Decrypt(bytes.NewReader(log[tarBlock:tarBlock+named.size]), identity)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(plain)
}

func TestAChangeOfRecipientsThatFailsLeavesThemAsTheyWere(t *testing.T) {
	for _, step := range []string{"create", "write", "rename"} {
		t.Run(step, func(t *testing.T) {
			d := newDesk(t)
			disk := &faultyDisk{}
			v := d.create(withDisk(disk))
			appendAnswers(t, v, "Before")
			before, head := d.bytes(), v.Head()
			bo := newIdentity(t)
			disk.step, disk.cause = step, errors.New("no space left on device")
			to := append(v.Recipients(), labelled(t, bo.Recipient(), "Bo"))
			require.ErrorIs(t, v.SetRecipients(t.Context(), to, nil), disk.cause)
			disk.step = ""
			assert.Equal(t, before, d.bytes())
			assert.Equal(t, head, v.Head(), "the entry is no part of the history either")
			assert.Len(t, v.Recipients(), 1)
			appendAnswers(t, v, "Afterwards")
			require.NoError(t, v.Compact(t.Context(), nil))
			assert.False(t, opens(t, d.bytes(), bo))
			require.NoError(t, v.Verify(t.Context()))
			require.NoError(t, v.Close())
		})
	}
}

func TestRecipientsThatAreRefused(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	before, head := d.bytes(), v.Head()
	hybrid, err := age.GenerateHybridIdentity()
	require.NoError(t, err)
	mine := v.Recipients()[0]
	for cause, to := range map[string][]Recipient{
		"nobody could open it":  nil,
		"only recipient":        {mine, labelled(t, cheapPassphrase(t, "horse"), "")},
		"cannot be mixed":       {mine, labelled(t, hybrid.Recipient(), "")},
		"they are these":        {mine},
		"is named twice":        {mine, labelled(t, d.identity.Recipient(), "again")},
		"the label of two line": {labelled(t, d.identity.Recipient(), "two\nlines")},
	} {
		err := v.SetRecipients(t.Context(), to, nil)
		if cause == "the label of two line" {
			cause = "of one line"
		}
		require.ErrorContains(t, err, cause)
	}
	assert.Equal(t, before, d.bytes())
	assert.Equal(t, head, v.Head())
	require.NoError(t, v.Close())
	reader := d.open(ReadOnly())
	require.ErrorIs(t, reader.SetRecipients(t.Context(), []Recipient{mine}, nil), ErrReadOnly)
}

func TestFromAPassphraseToKeysAndToHybrids(t *testing.T) {
	d := newDesk(t)
	phrase := cheapPassphrase(t, "correct horse")
	v, err := Create(t.Context(), d.path, []age.Recipient{phrase}, WithAuthor(d.author), ForEntity("Shop"))
	require.NoError(t, err)
	other := cheapPassphrase(t, "battery staple")
	require.NoError(t, v.SetRecipients(t.Context(), []Recipient{labelled(t, other, "")}, nil), "another passphrase")
	_, err = age.Decrypt(bytes.NewReader(d.bytes()), phrase)
	require.Error(t, err)
	require.NoError(t, v.Compact(t.Context(), nil))
	assert.True(t, opens(t, d.bytes(), other))

	require.NoError(t, v.SetRecipients(t.Context(), []Recipient{labelled(t, d.identity.Recipient(), "")}, nil))
	require.NoError(t, v.Close())
	v = d.open()
	hybrid, err := age.GenerateHybridIdentity()
	require.NoError(t, err)
	require.NoError(t, v.SetRecipients(t.Context(), []Recipient{labelled(t, hybrid.Recipient(), "later")}, nil))
	assert.IsType(t, &age.HybridIdentity{}, v.log.identity, "the log is not weaker than the base")
	appendAnswers(t, v, "Sealed to a hybrid")
	require.NoError(t, v.Close())
	v, err = Open(t.Context(), d.path, []age.Identity{hybrid}, WithAuthor(d.author))
	require.NoError(t, err)
	require.NoError(t, v.Verify(t.Context()))
	require.NoError(t, v.Close())
}

func TestWhichRecipientIsMine(t *testing.T) {
	d := newDesk(t)
	hybrid, err := age.GenerateHybridIdentity()
	require.NoError(t, err)
	mine, theirs := labelled(t, d.identity.Recipient(), ""), labelled(t, newIdentity(t).Recipient(), "")
	identities := []age.Identity{hybrid, d.identity}
	assert.True(t, mine.Opens(identities))
	assert.True(t, labelled(t, hybrid.Recipient(), "").Opens(identities))
	assert.False(t, theirs.Opens(identities))
	assert.False(t, labelled(t, cheapPassphrase(t, "horse"), "").Opens(identities))
}

// A vault whose table of recipients makes no sense can still be read.
func TestRecipientsThatCannotBeRead(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	require.NoError(t, v.db.exec("update recipients set recipient = 'age1nonsense', label = 'whose?'"))
	require.NoError(t, v.Close())
	_, err := d.tryOpen(WithAuthor(d.author))
	require.ErrorContains(t, err, "read recipients")
	reader := d.open(ReadOnly())
	assert.Equal(t, questionnaires.Recipient{Text: "age1nonsense", Label: "whose?"}, reader.Recipients()[0].Recipient)
}

func TestTheCommentOfAnSSHKeyIsItsLabel(t *testing.T) {
	line, err := os.ReadFile(filepath.Join("testdata", "ssh.pub"))
	require.NoError(t, err)
	r, err := ParseRecipient(string(line))
	require.NoError(t, err)
	named := labelled(t, r, "")
	assert.Equal(t, "bo@laptop at work", named.Label)
	assert.Equal(t, questionnaires.SSHRecipient, named.Kind)
	assert.Equal(t, "Bo", labelled(t, r, "Bo").Label)
	again, err := ParseRecipient(named.Text)
	require.NoError(t, err)
	assert.Equal(t, named.Text, labelled(t, again, "").Text)
	_, err = ParseRecipient(named.Text + "\n" + named.Text)
	require.Error(t, err, "one line is one recipient")
}
