#include "schemes.h"

/* Each code once, for good: labels on record name these rows. */
static const struct sector us_16[] = {
	{ "chemical", "Chemical", "Химическая промышленность" },
	{ "commercial-facilities", "Commercial Facilities", "Коммерческие объекты" },
	{ "communications", "Communications", "Связь" },
	{ "critical-manufacturing", "Critical Manufacturing", "Критически важное производство" },
	{ "dams", "Dams", "Плотины" },
	{ "defense-industrial-base", "Defense Industrial Base", "Оборонно-промышленный комплекс" },
	{ "emergency-services", "Emergency Services", "Экстренные службы" },
	{ "energy", "Energy", "Энергетика" },
	{ "financial-services", "Financial Services", "Финансовые услуги" },
	{ "food-and-agriculture", "Food and Agriculture", "Продовольствие и сельское хозяйство" },
	{ "government", "Government Services and Facilities", "Государственные службы и объекты" },
	{ "health", "Healthcare and Public Health", "Здравоохранение" },
	{ "information-technology", "Information Technology", "Информационные технологии" },
	{ "nuclear", "Nuclear Reactors, Materials, and Waste",
	  "Ядерные реакторы, материалы и отходы" },
	{ "transportation", "Transportation Systems", "Транспортные системы" },
	{ "water", "Water and Wastewater Systems", "Водоснабжение и водоотведение" },
};

static const struct sector ru_187fz[] = {
	{ "health", "Health care", "Здравоохранение" },
	{ "science", "Science", "Наука" },
	{ "transport", "Transport", "Транспорт" },
	{ "communications", "Communications", "Связь" },
	{ "energy", "Energy", "Энергетика" },
	{ "real-estate-registration",
	  "State registration of rights to real estate and of transactions with it",
	  "Государственная регистрация прав на недвижимое имущество и сделок с ним" },
	{ "finance", "Banking and other spheres of the financial market",
	  "Банковская сфера и иные сферы финансового рынка" },
	{ "fuel-and-energy", "Fuel and energy complex", "Топливно-энергетический комплекс" },
	{ "nuclear-energy", "Nuclear energy", "Атомная энергия" },
	{ "defence", "Defence industry", "Оборонная промышленность" },
	{ "rocket-and-space", "Rocket and space industry", "Ракетно-космическая промышленность" },
	{ "mining", "Mining industry", "Горнодобывающая промышленность" },
	{ "metallurgy", "Metallurgical industry", "Металлургическая промышленность" },
	{ "chemistry", "Chemical industry", "Химическая промышленность" },
};

static const struct sector eu_nis2[] = {
	{ "energy", "Energy", "Энергетика" },
	{ "transport", "Transport", "Транспорт" },
	{ "banking", "Banking", "Банковское дело" },
	{ "financial-market", "Financial market infrastructures",
	  "Инфраструктура финансовых рынков" },
	{ "health", "Health", "Здравоохранение" },
	{ "drinking-water", "Drinking water", "Питьевая вода" },
	{ "waste-water", "Waste water", "Сточные воды" },
	{ "digital-infrastructure", "Digital infrastructure", "Цифровая инфраструктура" },
	{ "ict-service-management", "ICT service management (business-to-business)",
	  "Управление услугами ИКТ (между предприятиями)" },
	{ "public-administration", "Public administration", "Государственное управление" },
	{ "space", "Space", "Космос" },
	{ "post", "Postal and courier services", "Почтовые и курьерские услуги" },
	{ "waste", "Waste management", "Обращение с отходами" },
	{ "chemicals", "Manufacture, production and distribution of chemicals",
	  "Изготовление, производство и распространение химических веществ" },
	{ "food", "Production, processing and distribution of food",
	  "Производство, переработка и распространение пищевых продуктов" },
	{ "manufacturing", "Manufacturing", "Обрабатывающая промышленность" },
	{ "digital-providers", "Digital providers", "Поставщики цифровых услуг" },
	{ "research", "Research", "Научные исследования" },
};

static const struct scheme {
	const char *name, *title, *title_ru;
	const struct sector *sectors;
	unsigned count;
} schemes[SCHEME_COUNT] = {
	[SCHEME_NONE] = { "-", "no scheme", "без схемы", NULL, 0 },
	[SCHEME_US_16] = { "US-16", "the 16 sectors of PPD-21 and NSM-22 of the United States",
	                   "16 секторов по документам США PPD-21 и NSM-22", us_16,
	                   sizeof(us_16) / sizeof(us_16[0]) },
	[SCHEME_RU_187FZ] = { "RU-187FZ",
	                      "the spheres of Federal Law 187-FZ of the Russian Federation",
	                      "сферы по Федеральному закону Российской Федерации № 187-ФЗ",
	                      ru_187fz, sizeof(ru_187fz) / sizeof(ru_187fz[0]) },
	[SCHEME_EU_NIS2] = { "EU-NIS2", "the sectors of Directive (EU) 2022/2555",
	                     "секторы по Директиве (ЕС) 2022/2555", eu_nis2,
	                     sizeof(eu_nis2) / sizeof(eu_nis2[0]) },
};

const char *scheme_name(enum sector_scheme scheme)
{
	return schemes[scheme].name;
}

const char *scheme_title(enum sector_scheme scheme)
{
	return schemes[scheme].title;
}

const char *scheme_title_ru(enum sector_scheme scheme)
{
	return schemes[scheme].title_ru;
}

bool scheme_named(struct bytes name, enum sector_scheme *ret_scheme)
{
	for (size_t i = 0; i < SCHEME_COUNT; i++)
		if (bytes_equal_string(name, schemes[i].name)) {
			*ret_scheme = (enum sector_scheme)i;
			return true;
		}
	return false;
}

unsigned scheme_sectors(enum sector_scheme scheme)
{
	return schemes[scheme].count;
}

const struct sector *scheme_sector(enum sector_scheme scheme, unsigned row)
{
	return row >= 1 && row <= schemes[scheme].count ? &schemes[scheme].sectors[row - 1] : NULL;
}

unsigned scheme_row(enum sector_scheme scheme, struct bytes code)
{
	for (unsigned row = 1; row <= schemes[scheme].count; row++)
		if (bytes_equal_string(code, schemes[scheme].sectors[row - 1].code))
			return row;
	return 0;
}
