package checks

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// encryptionConfiguration is what an API server reads of how it keeps what in etcd.
type encryptionConfiguration struct {
	APIVersion string `json:"apiVersion"`
	Resources  []struct {
		Resources []string                     `json:"resources"`
		Providers []map[string]json.RawMessage `json:"providers"`
	} `json:"resources"`
}

// ciphers are what an API server can be given, with how it is called in a sentence. Only
// identity leaves what it writes as it is.
var ciphers = map[string]string{
	"aescbc": "AES-CBC", "aesgcm": "AES-GCM", "secretbox": "XSalsa20 and Poly1305", "kms": "a key service", identityProvider: "nothing",
}

const identityProvider = "identity"

// judgeEncryption judges such a file for Secrets. The first entry that names them decides,
// by name or by a wildcard, and the first of its providers writes; the others only read.
func judgeEncryption(c *encryptionConfiguration) finding {
	if c.APIVersion != "apiserver.config.k8s.io/v1" {
		return unknown("apiVersion", c.APIVersion, "It is of a version that no server in use reads: %s", shorten(c.APIVersion))
	}
	for i, entry := range c.Resources {
		covered := slices.IndexFunc(entry.Resources, coversSecrets)
		if covered < 0 {
			continue
		}
		field := index("resources", i) + ".providers"
		var names []string
		for j, p := range entry.Providers {
			name := slices.Sorted(maps.Keys(p))
			if len(name) != 1 || ciphers[name[0]] == "" {
				return unknown(field+index("", j), nil, "A provider for Secrets is none that is known, or more than one: no server starts with it")
			}
			names = append(names, name[0])
		}
		if len(names) == 0 {
			return unknown(field, nil, "The entry that covers Secrets has no provider: no server starts with it")
		}
		field += "[0]"
		if names[0] == identityProvider {
			return fails(field, names, "Secrets are written as they are: the first provider for them is identity")
		}
		if why := unfit(names[0], entry.Providers[0][names[0]]); why != "" {
			return unknown(field, names, "The first provider for Secrets, %s, %s: no server starts with it", names[0], why)
		}
		return passes(field, names, "Secrets are encrypted as they are written: by %s (%s), the first provider for %s%s",
			ciphers[names[0]], names[0], shorten(entry.Resources[covered]), providersRemark(names))
	}
	return fails("resources", nil, "Secrets are written as they are: no entry covers them")
}

// providersRemark says what the providers mean for what was written before, and for the keys.
func providersRemark(names []string) string {
	said := "; its keys stand in the file itself"
	if names[0] == "kms" {
		said = ""
	}
	if slices.Contains(names, identityProvider) {
		said += "; what was written before it and not since is read as it is (identity stands behind)"
	}
	return said
}

// coversSecrets reports whether a resource of an entry takes in Secrets: by name, or all of
// the core group, or all of every group.
func coversSecrets(resource string) bool {
	name, group, _ := strings.Cut(resource, ".")
	return group == "" && (name == "secrets" || name == "*" && strings.HasSuffix(resource, ".")) || resource == "*.*"
}

// unfit returns why a provider is given what it cannot work with; "" if nothing speaks
// against it.
func unfit(name string, raw json.RawMessage) string {
	var given struct {
		Keys []struct {
			Name   string `json:"name"`
			Secret string `json:"secret"`
		} `json:"keys"`
		APIVersion string `json:"apiVersion"`
		Name       string `json:"name"`
		Endpoint   string `json:"endpoint"`
	}
	if json.Unmarshal(raw, &given) != nil {
		return "cannot be read"
	}
	switch {
	case name == "kms" && (given.Endpoint == "" || given.Name == ""):
		return "names no service"
	case name == "kms" && !strings.HasPrefix(given.Endpoint, "unix:"):
		return "names a service that is reached by no socket"
	case name == "kms" && !slices.Contains([]string{"", "v1", "v2"}, given.APIVersion):
		return "is of a version that is not known"
	case name != "kms" && len(given.Keys) == 0:
		return "has no key"
	case name != "kms" && given.Keys[0].Secret == "":
		return fmt.Sprintf("has no secret in its key %s", cmp.Or(shorten(given.Keys[0].Name), "without a name"))
	}
	return ""
}
