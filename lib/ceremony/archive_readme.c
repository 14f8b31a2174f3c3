/* See archive_readme.h. Always in Spanish, as all of the archive; formats by PROTOCOL 2 and 8 to 12. */
#include "ceremony/archive_readme.h"

static const char BYTES[] =
    "CÓMO SE LEEN LOS ARCHIVOS\n"
    "\n"
    "Texto: UTF-8, renglones terminados en LF (byte 10). JSON: RFC 8259. Horas: RFC 3339. Hexadecimal: en minúsculas.\n"
    "Números en archivos binarios: sin signo, el byte más significativo primero; u8, u32, u64 son de 1, 4 y 8 bytes.\n"
    "Punto: 65 bytes, 04 y las coordenadas x, y de 32 bytes de un punto de la curva NIST P-256 (FIPS 186-4, SEC1).\n"
    "Escalar: 32 bytes, entero menor que el orden n de la curva. ‖ es poner uno tras otro.\n"
    "\n"
    "record/, el expediente: lo que cualquiera necesita para comprobar la elección, sin llave alguna\n"
    "  election.json          datos de la elección: cargos, candidaturas, coaliciones, entidades, fechas\n"
    "  keys.json              llaves públicas: del comité (4 puntos), de la elección, compromisos del reparto\n"
    "  credentials.csv        entidad,credencial,clase (v: de una persona; s: de reposición), por renglón\n"
    "  opening.json           llaves del sistema y del registro; hash del sistema dictaminado\n"
    "  reissues.csv           credencial vieja,nueva,firma del registro: contraseñas repuestas\n"
    "  encrypted-votes.box    la urna: «VMX1» ‖ eid(32) ‖ u64 N ‖ N veces (u8 largo ‖ entidad ‖ u32 largo ‖ boleta), por\n"
    "                         código ascendente. Boleta: «VMB1» ‖ eid ‖ credencial(65) ‖ u8 cargos ‖ por cargo (u8 largo ‖\n"
    "                         nombre ‖ u8 w ‖ w+1 puntos ‖ prueba: punto, escalar) ‖ firma: punto, escalar\n"
    "  seal.json              sello del sistema sobre la urna: hashes, número de boletas, hora de cierre, firma ECDSA\n"
    "  lists/LISTA/J.list     «VML1» ‖ eid ‖ u8 largo ‖ lista ‖ u8 w ‖ u64 N ‖ N veces w+1 puntos; 0 viene de la urna, J de\n"
    "                         la mezcla J\n"
    "  lists/LISTA/J.proof    «VMP1» …: prueba de que la mezcla J es la misma lista en otro orden (Bayer y Groth, 2012)\n"
    "  lists/LISTA/decryption «VMD1» ‖ eid ‖ u8 largo ‖ lista ‖ u8 w ‖ u64 N ‖ N·w puntos ‖ w veces (punto, punto, escalar):\n"
    "                         el descifrado del sobre exterior y su prueba (Chaum y Pedersen)\n"
    "  decrypted-votes.csv    lista,índice,estado,sobre interior,semilla,voto,W por renglón. Voto: u64 de marcas (el bit i es\n"
    "                         la opción i de la definición; el que sigue a la última, candidatura no registrada) y texto\n"
    "  results.json           el cómputo, lista por lista\n"
    "  challenges.json        retos de observadores a votos no coincidentes, si los hubo\n"
    "\n"
    "documents/, lo que se firmó: PDF, cada uno con su folio; lottery.json, el sorteo con todo para repetirlo;\n"
    "results.csv, el cómputo como tabla; closing-report.json, el hash de cada archivo que salió del servidor\n"
    "\n"
    "journal/, las bitácoras: un objeto JSON por renglón; «previous» es el SHA-256 del renglón anterior sin su LF (el\n"
    "primero, el de la cadena vacía): si un renglón cambiara, el siguiente lo diría. server-head.json: su último renglón,\n"
    "firmado por el sistema\n"
    "\n"
    "archive/, el resguardo\n"
    "  huellas.json           SHA-256 (FIPS 180-4) y SHA3-256 (FIPS 202) de cada archivo de las tres carpetas; el SHA-256 de\n"
    "                         este archivo está impreso en huellas-digitales.pdf y en el acta circunstanciada\n"
    "  SHA256SUMS             los mismos SHA-256, para «sha256sum -c archive/SHA256SUMS»\n"
    "  SHA256SUMS-resguardo   los de los documentos de esta carpeta, para «sha256sum -c archive/SHA256SUMS-resguardo»\n"
    "  huellas-digitales.pdf, sobres.pdf, inventario-custodia.pdf, acta-circunstanciada.pdf, session.jsonl (bitácora de la\n"
    "  sesión de resguardo)\n"
    "\n"
    "IDENTIFICADOR (eid). Hb(«election», SHA-256 de election.json, de keys.json, de credentials.csv, de opening.json), donde\n"
    "Hb(e, x1, …) = SHA-256( lp(«VEMRE-V1:» ‖ e) ‖ lp(x1) ‖ … ) y lp(x) = u32(largo de x) ‖ x.\n"
    "\n"
    "COMPROBAR. verify-election record/ rehace todo lo anterior. El protocolo completo, con el que cualquiera escribe otro\n"
    "programa que compruebe lo mismo, se llama VEMRE-V1 (doc/protocol.md en el código fuente).\n"
    "\n"
    "QUIÉN VOTÓ QUÉ no está aquí: las mezclas lo separan y las partes de la llave se borraron de las tarjetas. Mientras nadie\n"
    "rompa la curva P-256, la urna guarda ese secreto; después, no. Téngase en cuenta al decidir quién la consulta.\n";

void archive_readme(struct buffer *out, const struct definition *d, const char *eid_hex)
{
	buffer_printf(out, "%s\n\n", d->title);
	if (d->simulation)
		buffer_text(out, "SIMULACRO, sin validez oficial.\n\n");
	buffer_printf(out,
	              "Archivo de una elección por Internet, identificador (eid) %s.\n"
	              "Votación: de %s a %s (%s).\n\n",
	              eid_hex, d->opens_text, d->closes_text, d->zone);
	buffer_put(out, BYTES, sizeof BYTES - 1);
}
