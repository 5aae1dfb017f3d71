package kube

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestRedactionReachesKeysNumbersAndNames(t *testing.T) {
	doc, counts, err := Document([]byte(`{"apiVersion":"example.com/v1","kind":"Order","metadata":{"name":"o-4111111111111111"},
		"spec":{"4111111111111111":1,"5555555555554444":2,"pan":4111111111111111,"list":["x",378282246310005],"none":null}}`))
	require.NoError(t, err)
	assert.Equal(t, "o-[redacted:card-number]", doc.Ref.Name)
	assert.Equal(t, `{"apiVersion":"example.com/v1","kind":"Order","metadata":{"name":"o-[redacted:card-number]"},`+
		`"spec":{"[redacted:card-number]":1,"[redacted:card-number] 2":2,"list":["x","[redacted:card-number]"],"pan":"[redacted:card-number]"}}`, string(doc.Body))
	assert.Equal(t, map[string]int{"card-number": 5}, counts)
}

func TestASecretThatStandsInTheEnvironmentStaysVisibleAsSuch(t *testing.T) {
	doc, counts, err := Document([]byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c",
		"env":[{"name":"API_TOKEN","value":"abc"},{"name":"API_TOKEN_FILE","value":"/run/x"},{"name":"EMPTY_PASSWORD","value":""}]}]}}`))
	require.NoError(t, err)
	assert.Contains(t, string(doc.Body), `{"name":"API_TOKEN","value":"[redacted:named-secret]"},{"name":"API_TOKEN_FILE","value":"/run/x"},{"name":"EMPTY_PASSWORD"}`)
	assert.Equal(t, 1, counts["named-secret"])
}

func TestTheAnnotationOfKubectlIsDropped(t *testing.T) {
	with := `{"apiVersion":"%","kind":"X","metadata":{"name":"a","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}}}`
	for _, version := range []string{"example.com/v1", "v1"} {
		doc, _, err := Document([]byte(strings.ReplaceAll(with, "%", version)))
		require.NoError(t, err)
		assert.NotContains(t, string(doc.Body), "annotations")
	}
}

func TestSecretsUnderOtherKindsAndKeysAreRedacted(t *testing.T) {
	for _, raw := range []string{
		`{"apiVersion":"v1","kind":"secret","metadata":{"name":"a"},"data":{"db":"TEAK"}}`,
		`{"apiVersion":"core/v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"db":"TEAK","x":"[redacted:TEAK]"}}`,
		`{"apiVersion":"x.io/v1","kind":"Secret","metadata":{"name":"a"},"data":["TEAK"]}`,
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"other/last":"{\"kind\":\"Secret\",\"data\":{\"a\":\"TEAK\"}}","m":"{\"stringData\":{\"a\":\"TEAK\"}}"}}}`,
		`{"apiVersion":"x.io/v1","kind":"Db","metadata":{"name":"a","labels":{"password":"TEAK"}},"spec":{"adminPassword":"TEAK","users":[{"password":"TEAK"}],"literals":["password=TEAK"],"values":"db:\n  password: TEAK\n","path":"/h?token=TEAK"}}`,
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","args":["--password","-TEAK"],"env":[{"name":"PASSWORD2","value":"TEAK"},{"name":"SSHKEY","value":"TEAK"},{"name":"DBPASS","value":"TEAK"},{"name":"MY_CREDS","value":"TEAK"}],"livenessProbe":{"httpGet":{"port":80,"httpHeaders":[{"name":"Authorization","value":"TEAK"}]}}}]}}`,
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","command":["mysql"],"args":["-h","db","-pTEAK"]},{"name":"d","command":["curl","-u","admin:TEAK","https://x"]},{"name":"e","args":["sshpass","-p","TEAK","ssh"]}]}}`,
		`{"apiVersion":"x.io/v1","kind":"Terminal","metadata":{"name":"a"},"spec":{"adminPin":123456,"note":"password: |\n  TEAK\n"}}`,
	} {
		doc, _, err := Document([]byte(raw))
		require.NoError(t, err)
		assert.NotContains(t, string(doc.Body), "123456")
		assert.NotContains(t, string(doc.Body), "TEAK")
	}
	kept := `{"apiVersion":"x.io/v1","kind":"Db","metadata":{"name":"a"},"spec":{"passwordSecretRef":{"key":"password","name":"db"},"secretName":"db","token":"$(TOKEN)","topologyKey":"zone"}}`
	doc, _, err := Document([]byte(kept))
	require.NoError(t, err)
	assert.Equal(t, kept, string(doc.Body))
}

func TestPrintable(t *testing.T) {
	assert.Equal(t, "a [31mred b ]52;c; tab", Printable("a \x1b[31mred\u202e\nb\x07 \x1b]52;c;\ttab\x00"))
	assert.Equal(t, "\ufffd", Printable("\xff"))
	assert.LessOrEqual(t, len(Printable(strings.Repeat("ü", 10000))), 403)
	assert.Equal(t, "pan [redacted:card-number]", Printable("pan 4111111111111111"))
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"YQ=="}}`))
	f.Add([]byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"env":[{"name":"PASSWORD","value":"x"}]}]}}`))
	f.Add([]byte(`{"apiVersion":"x/v1","kind":"Y","a":{"b":[1,2.5,"4111111111111111",null]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, _, err := Document(raw)
		if err != nil {
			return
		}
		again, counts, err := Document(doc.Body)
		require.NoError(t, err)
		assert.Equal(t, string(doc.Body), string(again.Body))
		delete(counts, "secret-value") // withheld again, whatever stands there
		delete(counts, "binary-data")
		assert.Empty(t, counts, "nothing is left to redact")
		canonical, err := engine.CanonicalJSON(doc.Body)
		require.NoError(t, err)
		assert.Equal(t, string(canonical), string(doc.Body))
	})
}
