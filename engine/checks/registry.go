package checks

import (
	"cmp"
	_ "embed" // the words
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/sheet"
)

// The files in words, as sheet.Carry writes them: `make docs`.
//
//go:embed words.json
var carriedWords []byte

// check is a built-in check without its words.
type check struct {
	id      string
	version int
	needs   []engine.Kind
	looks   []engine.Kind // see engine.Check
	apart   *engine.Subjects
	eval    func(*engine.View) []engine.Detail
}

// builtin lists every check, area by area; the order here means nothing.
func builtin() []check {
	return slices.Concat(rbacChecks(), networkChecks(), secretsChecks(), podsChecks(), imagesChecks(), runtimeChecks(), controlPlaneChecks(), nodesChecks(), importsChecks())
}

func rbacChecks() []check {
	return slices.Concat(besideRoles(
		accessInventory(), clusterAdminBindings(), noEscalateOrBindRights(), noImpersonationRights(), noPathsToClusterAdmin(), systemMastersNotBound(),
	), besideRoles(byFewChecks()...), []check{
		anonymousHasNoAccess(), bindingsNotDangling(), broadGroupsHaveNoRights(), cdeSecretsReadFromInside(), certificatesWithoutMasters(),
		defaultRolesNotWidened(), defaultServiceAccountsUnused(), noLastingTokenSecrets(), rolesWithoutWildcards(),
		serviceAccountTokensNotMounted(), serviceAccountsNotDormant(), serviceAccountsNotShared(),
	})
}

func networkChecks() []check {
	return []check{
		cdeClosedToMetadata(), cdeReachedOnlyAsDeclared(), cdeReachesOnlyAsDeclared(), loadBalancersLimitSources(), namespacesHaveDefaultDeny(),
		networkPluginEnforces(), networkPoliciesInventory(), networkPoliciesLimited(), networkPoliciesSelectPods(), servicesExposed(),
		servicesWithoutInsecureProtocols(), waysInUseTLS(),
	}
}

func secretsChecks() []check {
	return []check{
		configMapsWithoutSecrets(), objectsWithoutCardNumbers(), objectsWithoutSecrets(), secretReferencesResolve(), secretStoresInventory(),
		secretsChangedRecently(), secretsEncryptedAtRest(), secretsInventory(), secretsMountedAsFiles(), secretsNotInEnvironment(),
		secretsUsed(),
	}
}

func podsChecks() []check {
	return []check{
		containersAddNoCapabilities(), containersCannotGainPrivileges(), containersHaveLimits(), containersHaveSeccompProfile(),
		containersKeepAccessControl(), containersKeepNoCapabilities(), containersMaskProc(), containersNotPrivileged(),
		containersWithoutHostPorts(), containersWithoutRuntimeSocket(), namespacesEnforcePodSecurity(), namespacesHaveQuotas(),
		persistentVolumesNotOnHost(), podSecurityVersionsCurrent(), podsHaveControllers(), podsKeepProcessesApart(), podsMeetBaseline(),
		podsMeetRestricted(), podsRunAsNonRoot(), podsSetSafeSysctls(), podsWithoutDebugContainers(), podsWithoutHostNamespaces(),
		podsWithoutHostPaths(), rootFilesystemsReadOnly(),
	}
}

func imagesChecks() []check {
	return []check{
		imagesFromTrustedRegistries(), imagesNotLatest(), imagesOnSupportedBase(), imagesPinnedByDigest(), imagesPulledAfresh(),
		imagesRunAsDeclared(), imagesScanned(), imagesVerifiedAtAdmission(), imagesWithoutExposedSecrets(), imagesWithoutFixableVulnerabilities(),
		registriesInventory(),
		workloadsInventory(),
	}
}

func runtimeChecks() []check {
	return []check{
		admissionPoliciesEnforce(), configurationAuditsWithoutFailures(), fileIntegrityAgentsOnNodes(), fileIntegrityScansWithoutChanges(), gatekeeperAuditsWithoutViolations(), logShippersOnNodes(), malwareAgentsOnNodes(),
		policyReportsWithoutFailures(), runtimeAgentsOnNodes(), securityAgentsReady(), workloadRuntimesInventory(),
	}
}

func controlPlaneChecks() []check {
	return []check{
		anonymousRequestsRefused(), apiServerAdmission(), apiServerAuthorizes(), apiServerChecksKubelets(), apiServerEtcdTLS(), apiServerHasCertificate(),
		apiServerKeepsAuditLog(), apiServerLimitsKubelets(), apiServerRefusesAnonymous(), apiServerStrongTLS(),
		apiServerWithoutInsecurePort(), apiServerWithoutStaticCredentials(), apiServerWritesAuditLog(), auditLogWithoutSecretValues(),
		controlPlaneNodesDedicated(), controlPlaneWithoutProfiling(), controllersHaveOwnAccounts(), controllersListenLocally(), etcdChecksClients(), etcdChecksPeers(),
		kubernetesVersionSupported(), peopleLogOnByProvider(), podsKnowClusterAuthority(), serviceAccountTokensEnd(),
	}
}

func nodesChecks() []check {
	return []check{
		cardholderNodesDedicated(), containerRuntimesSupported(), kubeletsAskForAuthorization(), kubeletsCheckCallers(),
		kubeletsDefaultSeccomp(), kubeletsEndIdleStreams(), kubeletsHaveCertificates(), kubeletsProtectKernel(), kubeletsRefuseAnonymous(),
		kubeletsRotateCertificates(), kubeletsStrongTLS(), kubeletsWithoutReadOnlyPort(), nodesInventory(), nodeSystemsSupported(),
	}
}

// importsChecks judge what other tools found; their areas are those of what was found.
func importsChecks() []check {
	return []check{
		importedBenchmarksPassed(), importedConfigurationScansClean(), importedEventsNoticed(), importedScansRecent(), importedSecretScansClean(),
		importedVulnerabilityScansClean(),
	}
}

// All returns the built-in checks ordered by id. An error means that the program
// was built wrong: an id that stands twice, a check without words, words without
// a check.
func All() ([]engine.Check, error) {
	words, err := sheet.Unpack(carriedWords)
	if err != nil {
		return nil, err
	}
	return assemble(builtin(), words)
}

// Find returns the built-in check with an id.
func Find(id string) (engine.Check, error) {
	all, err := All()
	if err != nil {
		return engine.Check{}, err
	}
	i := slices.IndexFunc(all, func(c engine.Check) bool { return c.ID == id })
	if i < 0 {
		return engine.Check{}, fmt.Errorf("find check %q: there is none of this id", id)
	}
	return all[i], nil
}

// assemble joins checks with their words and validates the whole.
func assemble(list []check, files fs.FS) ([]engine.Check, error) {
	words, err := fs.Glob(files, "words/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("read words of checks: %w", err)
	}
	all := make([]engine.Check, 0, len(list))
	for _, c := range list {
		whole := engine.Check{ID: c.id, Version: c.version, Needs: c.needs, Looks: c.looks, Apart: c.apart, Eval: c.eval}
		if slices.Contains(whole.Reads(), replicaSetKind) { // the workloads: other kinds hold some too
			whole.Looks = slices.Concat(c.looks, engine.PodTemplateKinds())
			if !slices.Contains(whole.Reads(), configMapKind) { // which may change what comes of workflows
				whole.Looks = append(whole.Looks, configMapKind)
			}
		}
		if err := readWords(files, &whole); err != nil {
			return nil, err
		}
		if err := whole.Validate(); err != nil {
			return nil, err
		}
		all = append(all, whole)
	}
	slices.SortFunc(all, func(a, b engine.Check) int { return cmp.Compare(a.ID, b.ID) })
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID {
			return nil, fmt.Errorf("check %s: the id stands twice", all[i].ID)
		}
	}
	for _, w := range words {
		id := strings.TrimSuffix(path.Base(w), ".yaml")
		if !slices.ContainsFunc(all, func(c engine.Check) bool { return c.ID == id }) {
			return nil, fmt.Errorf("words %s: there is no check of this id", path.Base(w))
		}
	}
	return all, nil
}

// areas are the parts of the evidence a check may belong to.
var areas = [...]string{"rbac", "network", "secrets", "pods", "images", "runtime", "control-plane", "nodes"}

// Areas returns the parts of the evidence that a check may belong to.
func Areas() []string { return areas[:] }

func readWords(files fs.FS, c *engine.Check) error {
	raw, err := fs.ReadFile(files, "words/"+c.ID+".yaml")
	if err != nil {
		return fmt.Errorf("read words of check %s: %w", c.ID, err)
	}
	var words struct {
		engine.Words
		Area string `json:"area"`
	}
	if _, err := sheet.ReadOwn("words/"+c.ID+".yaml", raw, &words); err != nil {
		return fmt.Errorf("read words of check %s: %w", c.ID, err)
	}
	if !slices.Contains(areas[:], words.Area) {
		return fmt.Errorf("read words of check %s: area %q is none of %s", c.ID, words.Area, strings.Join(areas[:], ", "))
	}
	c.Words, c.Area = words.Words, words.Area
	return nil
}
